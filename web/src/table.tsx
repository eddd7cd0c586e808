import type { ComponentChildren, JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { hrefWith, navigate, useAddress } from './address.ts';
import { Explain, ExplainButton } from './explain.tsx';

/** A column: its heading, the explanation of its values, and its cells. */
export interface Column<F> {
  readonly title: string;
  /** The unit of its numbers, such as `USD`. */
  readonly unit?: string;
  readonly explain: string;
  readonly numeric?: boolean;
  /** Values of the parameter `orden` that sort by it. */
  readonly sort?: { readonly up?: string; readonly down?: string };
  readonly cell: (fila: F) => ComponentChildren;
  /** Its part in the card that a row is on a telephone: the title, a line across it, or, undefined, a number with its heading. */
  readonly card?: 'titulo' | 'linea';
}

/** The order of the rows when the address has no `orden`. The label names an order that belongs to no column. */
export interface DefaultOrder {
  readonly value: string;
  readonly label?: string;
}

/** A plain table; on a telephone each row is a card. */
export function Table<F>({
  caption,
  columns,
  filas,
  keyOf,
  busy = false,
  defaultOrder,
}: {
  readonly caption: string;
  readonly columns: readonly Column<F>[];
  readonly filas: readonly F[];
  readonly keyOf: (fila: F) => string;
  readonly busy?: boolean;
  readonly defaultOrder?: DefaultOrder | undefined;
}): JSX.Element {
  const body = useMemo(
    () =>
      filas.map((fila) => (
        <tr role="row" key={keyOf(fila)}>
          {columns.map((column) => (
            <td role="cell" key={column.title} class={classOf(column)} data-titulo={headingOf(column)}>
              {column.cell(fila)}
            </td>
          ))}
        </tr>
      )),
    [filas, columns],
  );
  return (
    <>
      <CardTools columns={columns} defaultOrder={defaultOrder} />
      <table role="table" aria-busy={busy} class={busy ? 'filas ocupada' : 'filas'}>
        <caption>{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <Heading key={column.title} column={column} defaultOrder={defaultOrder?.value} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">{body}</tbody>
      </table>
    </>
  );
}

const classOf = <F,>({ numeric = false, card }: Column<F>): string =>
  [numeric ? 'numero' : '', card ?? ''].join(' ').trim();

const headingOf = <F,>({ title, unit }: Column<F>): string =>
  unit === undefined ? title : `${title}, ${unit}`;

function Heading<F>({
  column,
  defaultOrder,
}: {
  readonly column: Column<F>;
  readonly defaultOrder: string | undefined;
}): JSX.Element {
  const address = useAddress();
  const order = address.query.get('orden') ?? defaultOrder;
  const { title, unit, explain, sort } = column;
  const direction = directionOf(sort, order);
  const next = nextOrder(sort, direction);
  const text = (
    <span>
      {title}
      {unit === undefined ? null : <small>{unit}</small>}
    </span>
  );
  return (
    <th role="columnheader" scope="col" class={classOf(column)} aria-sort={direction}>
      <div>
        {next === undefined ? (
          text
        ) : (
          <a href={hrefWith(address, { orden: next })} title={`Ordenar por ${title.toLowerCase()}`}>
            {text}
            <span class="flecha" aria-hidden="true">
              {direction === undefined ? '↕' : direction === 'ascending' ? '↑' : '↓'}
            </span>
          </a>
        )}
        <Explain title={title} content={<p>{explain}</p>} />
      </div>
    </th>
  );
}

type Sort = Column<unknown>['sort'];

function directionOf(sort: Sort, order: string | undefined): 'ascending' | 'descending' | undefined {
  if (sort === undefined || order === undefined) return undefined;
  if (sort.up === order) return 'ascending';
  return sort.down === order ? 'descending' : undefined;
}

function nextOrder(sort: Sort, direction: 'ascending' | 'descending' | undefined): string | undefined {
  if (direction === 'descending') return sort?.up ?? sort?.down;
  return sort?.down ?? sort?.up;
}

/** Sorting and explanations in one line, for a telephone, where the headings are hidden. */
function CardTools<F>({
  columns,
  defaultOrder,
}: {
  readonly columns: readonly Column<F>[];
  readonly defaultOrder: DefaultOrder | undefined;
}): JSX.Element {
  const address = useAddress();
  // A narrow list cuts the words after the arrow off.
  const orders = columns.flatMap(({ title, numeric = false, sort }) => [
    ...(sort?.down === undefined ? [] : [{ value: sort.down, label: `${title} ↓, mayor primero` }]),
    ...(sort?.up === undefined
      ? []
      : [{ value: sort.up, label: `${title} ↑, ${numeric ? 'menor primero' : 'de la A a la Z'}` }]),
  ]);
  if (defaultOrder?.label !== undefined) {
    orders.unshift({ value: defaultOrder.value, label: defaultOrder.label });
  }
  return (
    <div class="solo-telefono">
      {orders.length === 0 ? null : (
        <select
          aria-label="Ordenar por"
          value={address.query.get('orden') ?? defaultOrder?.value ?? ''}
          onChange={(event) => {
            navigate(hrefWith(address, { orden: event.currentTarget.value }));
          }}
        >
          {orders.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      )}
      <ExplainButton
        title="¿Cómo se calcula?"
        className="boton"
        content={
          <dl>
            {columns.map((column) => (
              <div key={column.title}>
                <dt>{headingOf(column)}</dt>
                <dd>{column.explain}</dd>
              </div>
            ))}
          </dl>
        }
      >
        ¿Cómo se calcula?
      </ExplainButton>
    </div>
  );
}
