import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { hrefOf } from '../address.ts';
import { isExistencias } from '../answers.ts';
import type { FilaExistencia } from '../answers.ts';
import { ArticleLink, Elsewhere, Quantity } from '../cells.tsx';
import { Moment } from '../explain.tsx';
import {
  CategoryFilter,
  ChoiceFilter,
  Filters,
  SearchFilter,
  SetFilter,
  StoreFilter,
  useParameters,
} from '../filters.tsx';
import { NINGUNO, toTenths } from '../format.ts';
import { List } from '../list.tsx';
import { useMoney } from '../money.ts';
import type { Money } from '../money.ts';
import { Page } from '../page.tsx';
import { useNameOf } from '../people.ts';
import { Stamp } from '../stamp.tsx';
import type { Column } from '../table.tsx';
import { useList } from '../use-answer.ts';

const ESTADOS = [
  { value: '', label: 'Todos' },
  { value: 'con', label: 'Con existencia' },
  { value: 'agotado', label: 'Agotados' },
  { value: 'negativo', label: 'Negativos' },
  { value: 'sin-ventas', label: 'Con existencia y sin ventas' },
];

export function Existencias(): JSX.Element {
  const parameters = useParameters(['tienda', 'q', 'estado', 'categoria', 'marca', 'orden']);
  const path = hrefOf('/existencias', parameters);
  const asked = useList(path, isExistencias);
  const money = useMoney(asked.shown?.value.tasa);
  const tienda = parameters['tienda'];
  const columns = useMemo(() => columnsOf(money, tienda === undefined), [money, tienda]);
  const nameOf = useNameOf();
  return (
    <Page title={tienda === undefined ? 'Existencias' : `Existencias de ${nameOf(tienda)}`}>
      <Filters>
        <SearchFilter label="Buscar" />
        <StoreFilter />
        <ChoiceFilter name="estado" label="Estado" options={ESTADOS} />
        <CategoryFilter />
        <SetFilter name="marca" label="Marca" />
      </Filters>
      <Stamp asked={asked} />
      <List
        asked={asked}
        columns={columns}
        caption={
          tienda === undefined ? 'Existencias de todas sus tiendas' : `Existencias de ${nameOf(tienda)}`
        }
        path={path}
        defaultOrder="codigo"
        keyOf={({ tienda: { id }, almacen, articulo }) => `${id} ${almacen} ${articulo.codigo}`}
        empty={{
          title: 'Ningún artículo es así',
          detail: (
            <>
              Pruebe con otra palabra o el código, o <a href="/existencias">quite los filtros</a>.
            </>
          ),
        }}
      />
    </Page>
  );
}

const columnsOf = (money: Money, allStores: boolean): readonly Column<FilaExistencia>[] => [
  {
    title: 'Artículo',
    explain: 'Nombre, código, categoría y marca, como están en KLK. Abre todo lo que se sabe de él.',
    card: 'titulo',
    sort: { up: 'nombre' },
    cell: ({ articulo, tienda }) => <ArticleLink articulo={articulo} tienda={tienda.id} />,
  },
  ...(allStores
    ? [
        {
          title: 'Tienda',
          explain: 'Dónde está esta existencia.',
          card: 'linea' as const,
          cell: ({ tienda }: FilaExistencia) => tienda.nombre,
        },
      ]
    : []),
  {
    title: 'Existencia',
    explain:
      'Lo que KLK dice que hay, en unidades o kilos. Debajo, desde cuándo es esa cantidad; toque para ver la hora exacta.',
    numeric: true,
    sort: { up: 'cantidad', down: '-cantidad' },
    cell: ({ cantidad, unidad, desde }) => (
      <>
        <Quantity value={cantidad} unit={unidad} />
        {desde === null ? null : (
          <small>
            <Moment iso={desde} what="Con esta existencia desde" />
          </small>
        )}
      </>
    ),
  },
  {
    title: 'Precio',
    unit: money.unit,
    explain:
      'Precio de venta en KLK, con el IVA que KLK le ponga. En Bs, a la tasa del día que se indica arriba.',
    numeric: true,
    cell: ({ precioUsd }) => money.cents(precioUsd),
  },
  {
    title: '7 días',
    explain: 'Cantidad vendida en los últimos 7 días completos.',
    numeric: true,
    cell: ({ ventas7, unidad }) => <Quantity value={ventas7} unit={unidad} />,
  },
  {
    title: '28 días',
    explain: 'Cantidad vendida en los últimos 28 días completos.',
    numeric: true,
    sort: { down: '-ventas' },
    cell: ({ ventas28, unidad }) => <Quantity value={ventas28} unit={unidad} />,
  },
  {
    title: 'Días de cobertura',
    explain:
      'Existencia dividida entre la venta diaria de los últimos 28 días: cuántos días alcanza si se sigue vendiendo igual. Vacío si no se vendió.',
    numeric: true,
    sort: { up: 'cobertura', down: '-cobertura' },
    cell: ({ diasCobertura }) => (diasCobertura === null ? NINGUNO : toTenths(diasCobertura)),
  },
  {
    title: 'En otras tiendas',
    explain: 'Las tiendas con existencia de este artículo, de la que más tiene a la que menos.',
    card: 'linea',
    cell: ({ otras }) => <Elsewhere otras={otras} />,
  },
];
