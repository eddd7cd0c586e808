import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { hrefOf } from '../address.ts';
import { isAgotados } from '../answers.ts';
import type { FilaAgotado } from '../answers.ts';
import { ArticleLink, Elsewhere, Quantity } from '../cells.tsx';
import { Moment } from '../explain.tsx';
import { Figures } from '../figures.tsx';
import { Filters, StoreFilter, useParameters } from '../filters.tsx';
import { NINGUNO, toDuration, toShortDay, toWhole } from '../format.ts';
import { List } from '../list.tsx';
import { useMoney } from '../money.ts';
import type { Money } from '../money.ts';
import { Page } from '../page.tsx';
import { useNameOf } from '../people.ts';
import { Stamp } from '../stamp.tsx';
import type { Column } from '../table.tsx';
import { useList } from '../use-answer.ts';

export function Faltantes(): JSX.Element {
  const parameters = useParameters(['tienda']);
  const path = hrefOf('/agotados', parameters);
  const asked = useList(path, isAgotados);
  const value = asked.shown?.value;
  const money = useMoney(value?.tasa);
  const tienda = parameters['tienda'];
  const columns = useMemo(() => columnsOf(money, tienda === undefined), [money, tienda]);
  const nameOf = useNameOf();
  const total = value?.total;
  const title = tienda === undefined ? 'Faltantes' : `Faltantes en ${nameOf(tienda)}`;
  return (
    <Page title={title} lead="Lo que se vende y no hay, de lo que más cuesta a lo que menos.">
      <Filters>
        <StoreFilter />
      </Filters>
      <Stamp asked={asked} />
      <Figures
        figures={[
          {
            label: 'Artículos que faltan',
            value: total === undefined || total === null ? NINGUNO : toWhole(total.articulos),
            note: 'se vendieron y están en cero o menos',
            how: (
              <p>
                Artículos con existencia cero o negativa que vendieron algo en los 28 días antes de agotarse.
              </p>
            ),
          },
          {
            label: `Sin vender, ${money.unit}`,
            value: money.whole(total?.usdNoVendidos),
            note: 'estimado desde que se agotó cada uno',
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
        keyOf={({ tienda: { id }, almacen, articulo }) => `${id} ${almacen} ${articulo.codigo}`}
        empty={{
          title: 'No falta nada que se venda',
          detail:
            'Ningún artículo con ventas recientes está agotado aquí. Vuelva a mirar después del próximo inventario.',
        }}
      />
    </Page>
  );
}

const columnsOf = (money: Money, allStores: boolean): readonly Column<FilaAgotado>[] => [
  {
    title: 'Artículo',
    explain: 'Nombre, código, categoría y marca. Abre todo lo que se sabe de él.',
    card: 'titulo',
    cell: ({ articulo, tienda }) => <ArticleLink articulo={articulo} tienda={tienda.id} />,
  },
  ...(allStores
    ? [
        {
          title: 'Tienda',
          explain: 'Dónde falta.',
          card: 'linea' as const,
          cell: ({ tienda }: FilaAgotado) => tienda.nombre,
        },
      ]
    : []),
  {
    title: 'No vendido',
    unit: money.unit,
    explain: 'Lo que no se vendió en cantidad, por el precio de su último día de ventas. Es un estimado.',
    numeric: true,
    cell: ({ usdNoVendidos }) => <strong>{money.cents(usdNoVendidos)}</strong>,
  },
  {
    title: 'Sin existencia',
    explain:
      'Tiempo desde que la existencia bajó a cero o menos hasta el último inventario de la tienda. «Más de»: llegó o volvió así al inventario, y puede faltar desde antes.',
    numeric: true,
    cell: ({ horas, desde, desdeConocido }) => {
      if (horas === null || desde === null) return NINGUNO;
      const words = `${desdeConocido === false ? 'más de ' : ''}${toDuration(horas)}`;
      return <Moment iso={desde} what="Sin existencia desde" words={words} />;
    },
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
    explain: 'Precio sin IVA de su último día de ventas.',
    numeric: true,
    cell: ({ ultimoPrecioUsd }) => money.cents(ultimoPrecioUsd),
  },
  {
    title: 'Última venta',
    explain: 'Último día en que la tienda lo vendió.',
    numeric: true,
    cell: ({ ultimaVenta }) => (ultimaVenta === null ? NINGUNO : toShortDay(ultimaVenta.slice(0, 10))),
  },
  {
    title: 'Hay en',
    explain: 'Las tiendas con existencia, de la que más tiene a la que menos: a quién pedir un traslado.',
    card: 'linea',
    cell: ({ otras }) => <Elsewhere otras={otras} />,
  },
];
