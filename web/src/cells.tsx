import type { JSX } from 'preact';
import { hrefOf } from './address.ts';
import type { Articulo, Otras } from './answers.ts';
import { ExplainButton } from './explain.tsx';
import { NINGUNO, count, toQuantity, toSignedPercent } from './format.ts';
import { useNameOf } from './people.ts';

/** The way to an article's page, in the row's store. */
export function ArticleLink({
  articulo,
  tienda,
}: {
  readonly articulo: Articulo;
  readonly tienda?: string;
}): JSX.Element {
  const { codigo, nombre, categoria, marca } = articulo;
  return (
    <>
      <a class="principal" href={hrefOf(`/articulo/${encodeURIComponent(codigo)}`, { tienda })}>
        {nombre}
      </a>
      <small>{[codigo, categoria, marca].filter((part) => part !== null && part !== '').join(' · ')}</small>
    </>
  );
}

/** A quantity with its unit; the numbers of a column end at the same place. */
export const Quantity = ({
  value,
  unit,
}: {
  readonly value: number | null;
  readonly unit?: string;
}): JSX.Element =>
  value === null ? (
    <>{NINGUNO}</>
  ) : (
    <span class={value < 0 ? 'negativo' : ''}>
      {toQuantity(value)}
      {unit === undefined || unit === 'mixto' ? null : <small class="unidad"> {unit}</small>}
    </span>
  );

/** A change against before, in words, colour and sign. */
export function Variation({
  value,
  why,
}: {
  readonly value: number | null;
  readonly why: string;
}): JSX.Element {
  if (value === null) {
    return (
      <ExplainButton title="Sin comparación" content={<p>{why}</p>} className="momento">
        sin comparar
      </ExplainButton>
    );
  }
  return <span class={value < 0 ? 'baja' : value > 0 ? 'sube' : ''}>{toSignedPercent(value)}</span>;
}

/** Other stores with stock that are shown in a row; the others are on demand. */
const SHOWN = 2;

/** Where else an article is. */
export function Elsewhere({ otras }: { readonly otras: Otras }): JSX.Element {
  const nameOf = useNameOf();
  const byStore = new Map<string, number>();
  for (const { tienda, cantidad } of otras) byStore.set(tienda, (byStore.get(tienda) ?? 0) + cantidad);
  const stocked = [...byStore]
    .map(([tienda, cantidad]) => ({ tienda, cantidad }))
    .filter(({ cantidad }) => cantidad > 0)
    .sort((a, b) => b.cantidad - a.cantidad);
  if (stocked.length === 0) return <span class="suave">en ninguna</span>;
  const line = ({ tienda, cantidad }: Otras[number]): string => `${nameOf(tienda)} ${toQuantity(cantidad)}`;
  const rest = stocked.length - SHOWN;
  const shown = stocked.slice(0, SHOWN).map(line).join(' · ');
  if (rest <= 0) return <>{shown}</>;
  return (
    <>
      {shown}{' '}
      <ExplainButton
        title="Dónde más hay"
        content={
          <ul>
            {stocked.map((other) => (
              <li key={other.tienda}>{line(other)}</li>
            ))}
          </ul>
        }
        className="momento"
        label={`y ${count(rest, 'tienda', 'tiendas')} más`}
      >
        +{rest}
      </ExplainButton>
    </>
  );
}
