import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { hrefOf } from '../address.ts';
import { isExistencias } from '../answers.ts';
import type { FilaExistencia } from '../answers.ts';
import { ELSEWHERE, Quantity, articleColumns, keyOfArticle, toCoverage } from '../cells.tsx';
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
import { List } from '../list.tsx';
import { useMoney } from '../money.ts';
import type { Money } from '../money.ts';
import { Page } from '../page.tsx';
import { useOneStore } from '../people.ts';
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
  const store = useOneStore(parameters['tienda']);
  const { filas } = asked;
  const columns = useMemo(() => columnsOf(filas, money, store !== undefined), [filas, money, store]);
  const title = store === undefined ? 'Existencias' : `Existencias de ${store}`;
  return (
    <Page title={title} lead="Qué hay, desde cuándo, cuánto se vende y cuánto dura.">
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
        caption={title}
        path={path}
        defaultOrder={{ value: 'codigo', label: 'Código' }}
        keyOf={keyOfArticle}
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

const columnsOf = (
  filas: readonly FilaExistencia[],
  money: Money,
  isOneStore: boolean,
): readonly Column<FilaExistencia>[] => [
  ...articleColumns(filas, isOneStore, { up: 'nombre' }),
  {
    title: 'Existencia',
    explain:
      'Lo que KLK dice que hay, en unidades o kilos, según el último inventario. Debajo, desde cuándo es esa cantidad; al tocarlo se ve la hora exacta.',
    numeric: true,
    sort: { up: 'cantidad', down: '-cantidad' },
    cell: ({ cantidad, unidad, desde }) => (
      <>
        <Quantity value={cantidad} unit={unidad} />
        <small>
          <Moment iso={desde} what="Con esta existencia desde" />
        </small>
      </>
    ),
  },
  {
    title: 'Precio',
    unit: money.unit,
    explain: 'Precio de venta en KLK. En Bs, a la tasa que se indica arriba.',
    numeric: true,
    cell: ({ precioUsd }) => money.cents(precioUsd),
  },
  {
    title: 'Vendido 7 días',
    explain: 'Cantidad que la tienda vendió en los últimos 7 días completos, hasta ayer.',
    numeric: true,
    cell: ({ ventas7, unidad }) => <Quantity value={ventas7} unit={unidad} />,
  },
  {
    title: 'Vendido 28 días',
    explain: 'Cantidad que la tienda vendió en los últimos 28 días completos, hasta ayer.',
    numeric: true,
    sort: { down: '-ventas' },
    cell: ({ ventas28, unidad }) => <Quantity value={ventas28} unit={unidad} />,
  },
  {
    title: 'Días de cobertura',
    explain:
      'Existencia dividida entre la venta diaria de los últimos 28 días: cuántos días alcanza si se sigue vendiendo igual. «–» si no se vendió.',
    numeric: true,
    sort: { up: 'cobertura', down: '-cobertura' },
    cell: ({ diasCobertura }) => toCoverage(diasCobertura),
  },
  ELSEWHERE,
];
