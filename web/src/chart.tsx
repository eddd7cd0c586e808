import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Drawing } from './draw-chart.ts';

/** The chart of an article. Its library is loaded only here; the chart's space is reserved while it loads. */
export function Chart({
  existencias,
  ventas,
  periodo,
  until,
  label,
}: Drawing & { readonly label: string }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const [refused, setRefused] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    let remove: (() => void) | undefined;
    let gone = false;
    void import('./draw-chart.ts').then(
      ({ drawChart }) => {
        if (!gone) remove = drawChart(element, { existencias, ventas, periodo, until });
      },
      () => {
        setRefused(true);
      },
    );
    return () => {
      gone = true;
      remove?.();
    };
  }, [existencias, ventas, periodo, until]);
  return (
    <figure class="grafico" role="img" aria-label={label}>
      <div ref={place} />
      {refused ? (
        <figcaption class="suave">El gráfico no se pudo cargar; los números están abajo.</figcaption>
      ) : null}
    </figure>
  );
}
