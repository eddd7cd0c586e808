import type { JSX } from 'preact';
import { Explain } from './explain.tsx';
import type { Figure } from './page.tsx';

/** The numbers that a page begins with. Without an answer their place is kept. */
export const Figures = ({ figures }: { readonly figures: readonly Figure[] }): JSX.Element => (
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
