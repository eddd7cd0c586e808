import type { ComponentChildren, JSX } from 'preact';
import { Explain } from './explain.tsx';
import type { Asked } from './use-answer.ts';

/** One of the figures at the top of a page. */
export interface Figure {
  readonly label: string;
  readonly value: ComponentChildren;
  readonly note?: ComponentChildren;
  readonly how: ComponentChildren;
}

/** The figures at the top of a page. Their space is reserved until the answer is there. */
export function Figures({
  asked: { shown, failure, loading },
  figures,
}: {
  readonly asked: Asked<unknown>;
  readonly figures: readonly Figure[];
}): JSX.Element | null {
  if (shown === undefined && failure !== undefined && !loading) return null;
  return (
    <dl class="cifras">
      {figures.map(({ label, value, note, how }) => (
        <div key={label}>
          <dt>
            {label} <Explain title={label} content={how} />
          </dt>
          <dd>{value}</dd>
          <dd class="suave">{note ?? ''}</dd>
        </div>
      ))}
    </dl>
  );
}
