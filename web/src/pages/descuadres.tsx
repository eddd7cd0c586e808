import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { hrefOf } from '../address.ts';
import { isDescuadres } from '../answers.ts';
import type { FilaDescuadre, Negativa } from '../answers.ts';
import { ArticleLink, Quantity } from '../cells.tsx';
import { Moment } from '../explain.tsx';
import { Filters, PeriodFilter, StoreFilter, useParameters } from '../filters.tsx';
import { NINGUNO, addDias, count, toDia, toPeriod, toSignedQuantity, toWhole } from '../format.ts';
import { List } from '../list.tsx';
import { useMoney } from '../money.ts';
import type { Money } from '../money.ts';
import { useNow } from '../now.ts';
import { Page } from '../page.tsx';
import { Stamp } from '../stamp.tsx';
import { Table } from '../table.tsx';
import type { Column } from '../table.tsx';
import { useList } from '../use-answer.ts';

const PERIODS = [
  { label: 'Ayer', days: 1 },
  { label: '7 días', days: 7 },
];
/** The longest period that the API answers. */
const MAX_DAYS = 7;

export function Descuadres(): JSX.Element {
  const parameters = useParameters(['tienda', 'desde', 'hasta']);
  const path = hrefOf('/descuadres', parameters);
  const asked = useList(path, isDescuadres);
  const value = asked.shown?.value;
  const money = useMoney(value?.tasa);
  const yesterday = addDias(toDia(useNow()), -1);
  const desde = parameters['desde'] ?? parameters['hasta'] ?? yesterday;
  const hasta = parameters['hasta'] ?? parameters['desde'] ?? yesterday;
  const columns = useMemo(() => columnsOf(money), [money]);
  return (
    <Page
      title="Descuadres"
      lead="Donde el cambio de la existencia no se explica con lo vendido: llegó mercancía, falta, o hay un error."
    >
      <Filters>
        <StoreFilter />
        <PeriodFilter desde={desde} hasta={hasta} periods={PERIODS} maxDays={MAX_DAYS} />
      </Filters>
      <Stamp asked={asked} />
      <p class="comparados suave">{value === undefined ? '' : comparedOf(value.intervalos)}</p>
      <List
        asked={asked}
        columns={columns}
        caption={`Lo que no cuadra, ${toPeriod(desde, hasta)}`}
        path={path}
        keyOf={({ tienda, almacen, articulo }) => `${tienda.id} ${almacen} ${articulo.codigo}`}
        empty={{
          title: 'Todo cuadra',
          detail:
            'En esos días cada cambio de existencia se explica con sus ventas, o todavía no se han leído las ventas que hacen falta para compararlo.',
        }}
      />
      {value?.negativas === undefined || value.negativas === null ? null : (
        <Negativas negativas={value.negativas} />
      )}
    </Page>
  );
}

/** How much of the period could be compared at all. */
function comparedOf({
  comparados,
  sinComparar,
}: {
  readonly comparados: number;
  readonly sinComparar: number;
}): string {
  const missing = sinComparar === 0 ? '' : `; ${toWhole(sinComparar)} no, porque faltan ventas`;
  return `Se compararon ${count(comparados, 'par', 'pares')} de inventarios seguidos${missing}.`;
}

const columnsOf = (money: Money): readonly Column<FilaDescuadre>[] => [
  {
    title: 'Artículo',
    explain: 'Nombre, código, categoría y marca. Abre todo lo que se sabe de él.',
    card: 'titulo',
    cell: ({ articulo, tienda }) => <ArticleLink articulo={articulo} tienda={tienda.id} />,
  },
  { title: 'Tienda', explain: 'Dónde no cuadra.', card: 'linea', cell: ({ tienda }) => tienda.nombre },
  {
    title: 'Antes',
    explain: 'Existencia en el primer inventario que se compara.',
    numeric: true,
    cell: ({ antes }) => <Quantity value={antes} />,
  },
  {
    title: 'Vendido',
    explain: 'Cantidad vendida entre los dos inventarios.',
    numeric: true,
    cell: ({ vendido }) => <Quantity value={vendido} />,
  },
  {
    title: 'Después',
    explain: 'Existencia en el último inventario que se compara.',
    numeric: true,
    cell: ({ despues }) => <Quantity value={despues} />,
  },
  {
    title: 'Diferencia',
    explain: 'Después menos antes más vendido. Positiva: llegó mercancía. Negativa: falta.',
    numeric: true,
    cell: ({ diferencia }) => (
      <strong class={diferencia < 0 ? 'baja' : ''}>{toSignedQuantity(diferencia)}</strong>
    ),
  },
  {
    title: 'Valor',
    unit: money.unit,
    explain: 'La diferencia por el precio del artículo. Las filas van de la que más vale a la que menos.',
    numeric: true,
    cell: ({ usd }) => money.cents(usd),
  },
];

const Negativas = ({ negativas }: { readonly negativas: readonly Negativa[] }): JSX.Element => (
  <section>
    <h2>Existencias negativas</h2>
    {negativas.length === 0 ? (
      <p class="suave">Ningún artículo está por debajo de cero.</p>
    ) : (
      <Table
        caption="Artículos por debajo de cero, y la factura que los llevó ahí"
        columns={NEGATIVAS}
        filas={negativas}
        keyOf={({ tienda, almacen, articulo }) => `${tienda.id} ${almacen} ${articulo.codigo}`}
      />
    )}
    {negativas.length < MAX_NEGATIVAS ? null : (
      <p>
        Hay más: <a href={hrefOf('/existencias', { estado: 'negativo' })}>todas las existencias negativas</a>.
      </p>
    )}
  </section>
);

/** The API sends no more. */
const MAX_NEGATIVAS = 100;

const NEGATIVAS: readonly Column<Negativa>[] = [
  {
    title: 'Artículo',
    explain: 'Nombre, código, categoría y marca.',
    card: 'titulo',
    cell: ({ articulo, tienda }) => <ArticleLink articulo={articulo} tienda={tienda.id} />,
  },
  {
    title: 'Tienda',
    explain: 'Dónde está por debajo de cero.',
    card: 'linea',
    cell: ({ tienda }) => tienda.nombre,
  },
  {
    title: 'Existencia',
    explain: 'Lo que KLK dice que hay.',
    numeric: true,
    cell: ({ cantidad }) => <Quantity value={cantidad} />,
  },
  {
    title: 'Desde',
    explain: 'Desde cuándo es esa la existencia.',
    numeric: true,
    cell: ({ desde }) => (desde === null ? NINGUNO : <Moment iso={desde} what="Con esta existencia desde" />),
  },
  {
    title: 'Factura',
    explain: 'La última venta de ese artículo antes de quedar en negativo, y cuánto llevó.',
    card: 'linea',
    cell: ({ factura }) =>
      factura === null ? (
        <span class="suave">no se conoce</span>
      ) : (
        <>
          {factura.numero}, <Moment iso={factura.momento} what={`Factura ${factura.numero}`} />,{' '}
          <Quantity value={factura.cantidad} />
        </>
      ),
  },
];
