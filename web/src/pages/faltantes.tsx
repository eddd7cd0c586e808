import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { hrefOf } from '../address.ts';
import { isAgotados } from '../answers.ts';
import type { FilaAgotado } from '../answers.ts';
import { ELSEWHERE, Incomplete, Quantity, articleColumns, keyOfArticle } from '../cells.tsx';
import { Moment } from '../explain.tsx';
import { Figures } from '../figures.tsx';
import { Filters, StoreFilter, useParameters } from '../filters.tsx';
import { NO_VALUE, toDia, toDuration, toShortDay, toWhole } from '../format.ts';
import { List } from '../list.tsx';
import { useMoney } from '../money.ts';
import type { Money } from '../money.ts';
import { Page } from '../page.tsx';
import { useOneStore } from '../people.ts';
import { Stamp } from '../stamp.tsx';
import type { Column } from '../table.tsx';
import { useList } from '../use-answer.ts';

export function Faltantes(): JSX.Element {
  const parameters = useParameters(['tienda']);
  const path = hrefOf('/agotados', parameters);
  const asked = useList(path, isAgotados);
  const value = asked.shown?.value;
  const money = useMoney(value?.tasa);
  const store = useOneStore(parameters['tienda']);
  const { filas } = asked;
  const columns = useMemo(() => columnsOf(filas, money, store !== undefined), [filas, money, store]);
  const total = value?.total;
  const title = store === undefined ? 'Faltantes' : `Faltantes en ${store}`;
  return (
    <Page title={title} lead="Lo que se vende y no hay: primero, lo que más se dejó de vender.">
      <Filters>
        <StoreFilter />
      </Filters>
      <Stamp asked={asked} />
      <Figures
        asked={asked}
        figures={[
          {
            label: 'Artículos que faltan',
            value: total === undefined ? NO_VALUE : toWhole(total.articulos),
            note: total?.incompleto === true ? INCOMPLETE : 'se venden y están en cero o menos',
            how: (
              <p>
                Artículos que se agotaron en los últimos 60 días, siguen en cero o menos, y vendieron algo en
                los 28 días antes de agotarse. De una tienda con varios almacenes, los que no están en
                ninguno.
              </p>
            ),
          },
          {
            label: `No vendido, ${money.unit}`,
            value: money.whole(total?.usdNoVendidos),
            note: total?.incompleto === true ? INCOMPLETE : 'estimado, desde que se agotó cada uno',
            how: (
              <p>
                Suma de la columna «No vendido» de todos los artículos, no solo de los que se ven. Es un
                estimado: supone que se habría seguido vendiendo como en los 28 días de antes.
              </p>
            ),
          },
        ]}
      />
      <List
        asked={asked}
        columns={columns}
        caption={title}
        path={path}
        keyOf={keyOfArticle}
        empty={{
          title:
            total?.incompleto === true
              ? 'De lo que se leyó de las ventas, no falta nada'
              : 'No falta nada que se venda',
          detail:
            'Ningún artículo con ventas recientes está agotado aquí. Vuelva a mirar después del próximo inventario.',
        }}
      />
    </Page>
  );
}

/** A figure over days of sales of which some were not read. The stamp says which. */
const INCOMPLETE = <Incomplete />;

const columnsOf = (
  filas: readonly FilaAgotado[],
  money: Money,
  isOneStore: boolean,
): readonly Column<FilaAgotado>[] => [
  ...articleColumns(filas, isOneStore),
  {
    title: 'No vendido',
    unit: money.unit,
    explain: 'La cantidad no vendida por el último precio. Es un estimado.',
    numeric: true,
    cell: ({ usdNoVendidos }) => <strong>{money.cents(usdNoVendidos)}</strong>,
  },
  {
    title: 'Sin existencia',
    explain:
      'Tiempo desde que la existencia bajó a cero o menos hasta el último inventario de la tienda; debajo, desde qué día. «Más de»: llegó o volvió así al inventario, y puede faltar desde antes.',
    numeric: true,
    cell: ({ horas, desde, desdeConocido }) => (
      <>
        <Moment
          iso={desde}
          what={desdeConocido ? 'Sin existencia desde' : 'Sin existencia desde antes de'}
          words={`${desdeConocido ? '' : 'más de '}${toDuration(horas)}`}
        />
        <small>
          {desdeConocido ? 'desde el' : 'antes del'} {toShortDay(toDia(Date.parse(desde)))}
        </small>
      </>
    ),
  },
  {
    title: 'Existencia',
    explain: 'Lo que KLK dice que hay: cero o menos.',
    numeric: true,
    cell: ({ cantidad, unidad }) => <Quantity value={cantidad} unit={unidad} />,
  },
  {
    title: 'Venta diaria',
    explain: 'Cantidad vendida en los 28 días completos antes de agotarse, dividida entre 28.',
    numeric: true,
    cell: ({ ventaDiaria, unidad }) => <Quantity value={ventaDiaria} unit={unidad} />,
  },
  {
    title: 'Cantidad no vendida',
    explain: 'Venta diaria por el tiempo sin existencia.',
    numeric: true,
    cell: ({ unidadesNoVendidas, unidad }) => <Quantity value={unidadesNoVendidas} unit={unidad} />,
  },
  {
    title: 'Último precio',
    unit: money.unit,
    explain: 'Lo cobrado por unidad o kilo, sin IVA, en su último día de ventas.',
    numeric: true,
    cell: ({ ultimoPrecioUsd }) => money.cents(ultimoPrecioUsd),
  },
  {
    title: 'Última venta',
    explain: 'El día de ese precio: el último en que la tienda lo vendió, hasta 28 días después de agotarse.',
    numeric: true,
    cell: ({ ultimaVenta }) => toShortDay(ultimaVenta),
  },
  ELSEWHERE,
];
