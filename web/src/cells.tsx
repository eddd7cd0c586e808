import type { JSX } from 'preact';
import { hrefOf } from './address.ts';
import type { Articulo, Otras, Tienda, Unidad } from './answers.ts';
import { ExplainButton } from './explain.tsx';
import {
  NO_VALUE,
  count,
  toQuantity,
  toSignedPercent,
  toSignedQuantity,
  toTenths,
  toWhole,
} from './format.ts';
import { useNameOf } from './people.ts';
import type { CsvColumns } from './csv.tsx';
import type { Column } from './table.tsx';

/** The link to an article's page, for the row's store. */
function ArticleLink({
  articulo,
  tienda,
}: {
  readonly articulo: Articulo;
  readonly tienda: string;
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

/** A row about an article in a store. */
interface ArticleRow {
  readonly tienda: Tienda;
  readonly articulo: Articulo;
  readonly almacen?: string;
  /** Whether some day of the store's sales that it sums is missing. */
  readonly incompleto?: boolean | null | undefined;
}

/** Marks a number over days of which some were not read whole. The stamp above the table links to them. */
export const Incomplete = (): JSX.Element => <span class="marca regular">incompleto</span>;

/** The key of such a row. */
export const keyOfArticle = ({ tienda, almacen = '', articulo }: ArticleRow): string =>
  `${tienda.id} ${almacen} ${articulo.codigo}`;

/** The first columns of a table of articles: the article and, unless the page is about one store, where. */
export function articleColumns<F extends ArticleRow>(
  filas: readonly F[],
  isOneStore: boolean,
  sort?: Column<F>['sort'],
): readonly Column<F>[] {
  const explained = filas.some(({ incompleto }) => incompleto === true)
    ? ' «Incompleto»: algún día de ventas que se cuenta no se ha leído entero.'
    : '';
  // Of one store whose rows all lack the same days the stamp says it once.
  const differ = isOneStore && new Set(filas.map(({ incompleto }) => incompleto)).size > 1;
  const columns: Column<F>[] = [
    {
      title: 'Artículo',
      explain:
        'Nombre, código, categoría y marca, como están en KLK. El nombre abre todo lo que se sabe del artículo.' +
        (differ ? explained : ''),
      card: 'titulo',
      ...(sort === undefined ? {} : { sort }),
      cell: ({ articulo, tienda, incompleto }) => (
        <>
          <ArticleLink articulo={articulo} tienda={tienda.id} />
          {differ && incompleto === true ? <Incomplete /> : null}
        </>
      ),
    },
  ];
  if (!isOneStore) {
    columns.push({
      title: 'Tienda',
      explain: `De qué tienda es la fila.${explained}`,
      card: 'linea',
      cell: ({ tienda, incompleto }) => (
        <>
          {tienda.nombre} {incompleto === true ? <Incomplete /> : null}
        </>
      ),
    });
  }
  if (hasSeveralWarehouses(filas)) columns.push(WAREHOUSE);
  return columns;
}

/** The first columns of a CSV of articles. */
export const ARTICLE_CSV: CsvColumns<ArticleRow> = [
  ['Tienda', ({ tienda }: ArticleRow): string => tienda.nombre],
  ['Almacén', ({ almacen }: ArticleRow): string | undefined => almacen],
  ['Código', ({ articulo }: ArticleRow): string => articulo.codigo],
  ['Artículo', ({ articulo }: ArticleRow): string => articulo.nombre],
  ['Categoría', ({ articulo }: ArticleRow): string | null => articulo.categoria],
  ['Marca', ({ articulo }: ArticleRow): string | null => articulo.marca],
];

/** Which warehouse of its store a row is about. */
export const WAREHOUSE: Column<{ readonly almacen?: string }> = {
  title: 'Almacén',
  explain: 'Código del almacén en KLK. Se muestra cuando una tienda tiene más de uno.',
  cell: ({ almacen = '' }) => almacen,
};

/** Whether rows of one store are of different warehouses. */
export function hasSeveralWarehouses(
  filas: readonly { readonly tienda: Tienda; readonly almacen?: string }[],
): boolean {
  const stores = new Map<string, string | undefined>();
  return filas.some(({ tienda, almacen }) => {
    const first = stores.get(tienda.id) ?? almacen;
    stores.set(tienda.id, first);
    return first !== almacen;
  });
}

/** Days that a stock lasts; tenths are shown below 100 days. */
export const toCoverage = (days: number | null): string => {
  if (days === null) return NO_VALUE;
  return days < 100 ? toTenths(days) : toWhole(days);
};

/** A quantity with its unit. The numbers of a column are aligned at their end. */
export const Quantity = ({
  value,
  unit,
}: {
  readonly value: number | null;
  readonly unit?: Unidad;
}): JSX.Element =>
  value === null ? (
    <>{NO_VALUE}</>
  ) : (
    <span class={value < 0 ? 'negativo' : ''}>
      {toQuantity(value)}
      {unitAfter(unit)}
    </span>
  );

/** A quantity with its sign: what arrived, or is missing. */
export const Difference = ({
  value,
  unit,
}: {
  readonly value: number;
  readonly unit: Unidad;
}): JSX.Element => (
  <span class={value < 0 ? 'baja' : ''}>
    {toSignedQuantity(value)}
    {unitAfter(unit)}
  </span>
);

const unitAfter = (unit: Unidad): JSX.Element | null =>
  unit === 'und' || unit === 'kg' ? <small class="unidad"> {unit}</small> : null;

/** A change in percent, with sign and colour; without one, a word whose explanation says why. */
export function Variation({
  value,
  why,
  word = 'sin comparar',
}: {
  readonly value: number | null;
  readonly why: string;
  readonly word?: string;
}): JSX.Element {
  if (value === null) {
    return (
      <ExplainButton title="Sin comparación" content={<p>{why}</p>} className="momento">
        {word}
      </ExplainButton>
    );
  }
  return <span class={value < 0 ? 'baja' : value > 0 ? 'sube' : ''}>{toSignedPercent(value)}</span>;
}

/** Other stores with stock that a row shows; the explanation lists all. */
const SHOWN = 2;

/** The column of the stock elsewhere. */
export const ELSEWHERE: Column<{ readonly otras: Otras }> = {
  title: 'En otros almacenes',
  explain:
    'Existencia del artículo en los demás almacenes abiertos, por tienda, de la que más tiene a la que menos: a quién pedir un traslado.',
  card: 'linea',
  cell: ({ otras }) => <Elsewhere otras={otras} />,
};

function Elsewhere({ otras }: { readonly otras: Otras }): JSX.Element {
  const nameOf = useNameOf();
  // The API sends them by store, the largest first.
  if (otras.length === 0) return <span class="suave">en ninguno</span>;
  const rest = otras.length - SHOWN;
  const shown = otras
    .slice(0, SHOWN)
    .map((other) => toStock(other, nameOf))
    .join(' · ');
  if (rest <= 0) return <>{shown}</>;
  return (
    <>
      {shown}{' '}
      <ExplainButton
        title="Dónde más hay"
        content={<OtherStores otras={otras} />}
        className="momento"
        label={`y ${count(rest, 'tienda', 'tiendas')} más`}
      >
        +{rest}
      </ExplainButton>
    </>
  );
}

function OtherStores({ otras }: { readonly otras: Otras }): JSX.Element {
  const nameOf = useNameOf();
  return (
    <ul>
      {otras.map((other) => (
        <li key={other.tienda}>{toStock(other, nameOf)}</li>
      ))}
    </ul>
  );
}

const toStock = ({ tienda, cantidad }: Otras[number], nameOf: (id: string) => string): string =>
  `${nameOf(tienda)} ${toQuantity(cantidad)}`;
