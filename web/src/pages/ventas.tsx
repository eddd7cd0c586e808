import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { hrefOf, hrefWith, useAddress } from '../address.ts';
import type { Address } from '../address.ts';
import { isVentas } from '../answers.ts';
import type { FilaVenta, Medidas } from '../answers.ts';
import { Quantity, Variation } from '../cells.tsx';
import { Figures } from '../figures.tsx';
import { ChoiceFilter, Filters, PeriodFilter, SearchFilter, useParameters } from '../filters.tsx';
import { NINGUNO, addDias, toDia, toPeriod, toTenths, toWhole } from '../format.ts';
import { List } from '../list.tsx';
import { useMoney } from '../money.ts';
import type { Money } from '../money.ts';
import { useNow } from '../now.ts';
import { Page } from '../page.tsx';
import type { Figure } from '../page.tsx';
import { useNameOf } from '../people.ts';
import { Stamp } from '../stamp.tsx';
import type { Column } from '../table.tsx';
import { useList } from '../use-answer.ts';

const NIVELES = ['tienda', 'categoria', 'articulo'] as const;
type Nivel = (typeof NIVELES)[number];
const TITLES: Readonly<Record<Nivel, string>> = {
  tienda: 'Tienda',
  categoria: 'Categoría',
  articulo: 'Artículo',
};

const COMPARAR = [
  { value: 'semana', label: 'Las semanas anteriores' },
  { value: 'anio', label: 'El año anterior' },
  { value: 'no', label: 'No comparar' },
];
const PERIODS = [
  { label: 'Ayer', days: 1 },
  { label: '7 días', days: 7 },
  { label: '28 días', days: 28 },
  { label: '90 días', days: 90 },
];
/** The longest period that the API answers. */
const MAX_DAYS = 400;

export function Ventas(): JSX.Element {
  const address = useAddress();
  const yesterday = addDias(toDia(useNow()), -1);
  const parameters = useParameters([
    'nivel',
    'desde',
    'hasta',
    'comparar',
    'tienda',
    'categoria',
    'q',
    'orden',
  ]);
  const nivel = NIVELES.find((known) => known === parameters['nivel']) ?? 'tienda';
  const path = hrefOf('/ventas', parameters);
  const asked = useList(path, isVentas);
  const value = asked.shown?.value;
  const money = useMoney(value?.tasa);
  const compared = parameters['comparar'] !== 'no';
  const columns = useMemo(
    () => columnsOf({ money, nivel, address, compared }),
    [money, nivel, address, compared],
  );
  const desde = parameters['desde'] ?? parameters['hasta'] ?? yesterday;
  const hasta = parameters['hasta'] ?? parameters['desde'] ?? yesterday;
  return (
    <Page title="Ventas" lead={<Way address={address} nivel={nivel} />}>
      <Filters>
        {nivel === 'articulo' ? <SearchFilter label="Buscar" /> : null}
        <PeriodFilter desde={desde} hasta={hasta} periods={PERIODS} maxDays={MAX_DAYS} />
        <ChoiceFilter name="comparar" label="Comparar con" options={COMPARAR} fallback="semana" />
      </Filters>
      <Stamp asked={asked} />
      <Figures figures={figuresOf(value?.total ?? undefined, money, value?.anterior ?? undefined)} />
      <List
        asked={asked}
        columns={columns}
        caption={`Ventas por ${TITLES[nivel].toLowerCase()}, ${toPeriod(value?.periodo.desde ?? desde, value?.periodo.hasta ?? hasta)}`}
        path={path}
        defaultOrder="-venta"
        keyOf={({ clave }) => clave.id ?? ''}
        empty={{
          title: 'No se vendió nada así en esos días',
          detail: (
            <>
              O sus ventas todavía no se han leído: mire el calendario en <a href="/datos">Datos</a>, o elija
              otros días.
            </>
          ),
        }}
      />
    </Page>
  );
}

/** Where the reader is on the way from all stores to one article, and the way back. */
function Way({ address, nivel }: { readonly address: Address; readonly nivel: Nivel }): JSX.Element {
  const nameOf = useNameOf();
  const tienda = address.query.get('tienda');
  const categoria = address.query.get('categoria');
  const to = (changes: Record<string, string | undefined>): string =>
    hrefWith(address, { orden: undefined, q: undefined, ...changes });
  const byCategory = { nivel: 'categoria', categoria: undefined };
  return (
    <nav class="camino" aria-label="Nivel de las ventas">
      {nivel === 'tienda' ? (
        <span aria-current="page">Todas las tiendas</span>
      ) : (
        <a href={to({ nivel: undefined, tienda: undefined, categoria: undefined })}>Todas las tiendas</a>
      )}
      {nivel === 'tienda' ? null : (
        <>
          <span aria-hidden="true">›</span>
          {nivel === 'categoria' ? (
            <span aria-current="page">{tienda === null ? 'Por categoría' : nameOf(tienda)}</span>
          ) : (
            <a href={to(byCategory)}>{tienda === null ? 'Por categoría' : nameOf(tienda)}</a>
          )}
        </>
      )}
      {nivel !== 'articulo' ? null : (
        <>
          <span aria-hidden="true">›</span>
          <span aria-current="page">{categoria ?? 'Todos los artículos'}</span>
        </>
      )}
      {nivel === 'articulo' ? null : (
        <span class="saltos">
          {nivel === 'tienda' ? (
            <a class="ficha" href={to({ nivel: 'categoria' })}>
              Por categoría
            </a>
          ) : null}
          <a class="ficha" href={to({ nivel: 'articulo' })}>
            Por artículo
          </a>
        </span>
      )}
    </nav>
  );
}

function figuresOf(
  total: Medidas | undefined,
  money: Money,
  anterior: { readonly desde: string; readonly hasta: string } | undefined,
): readonly Figure[] {
  const comparison = total?.comparacion;
  return [
    {
      label: `Venta, ${money.unit}`,
      value: money.whole(total?.ventaUsd),
      note: total?.incompleto === true ? <Incomplete /> : '',
      how: <p>Todo lo vendido en el período y el filtro, sin IVA, menos las devoluciones.</p>,
    },
    {
      label: 'Variación',
      value:
        total === undefined ? NINGUNO : <Variation value={comparison?.variacionPct ?? null} why={WHY_NOT} />,
      note: anterior === undefined ? '' : `contra ${toPeriod(anterior.desde, anterior.hasta)}`,
      how: <p>{comparisonText(comparison)}</p>,
    },
    {
      label: 'Margen',
      value: total === undefined || total.margenPct === null ? NINGUNO : `${toTenths(total.margenPct)} %`,
      note:
        total === undefined || total.utilidadUsd === null
          ? ''
          : `${money.whole(total.utilidadUsd)} ${money.unit} de utilidad`,
      how: <p>{MARGEN}</p>,
    },
    {
      label: 'Facturas',
      value: total === undefined || total.facturas === null ? NINGUNO : toWhole(total.facturas),
      note:
        total === undefined || total.ticketUsd === null
          ? ''
          : `${money.cents(total.ticketUsd)} ${money.unit} cada una`,
      how: (
        <p>
          Facturas distintas, no líneas. Cada una vale, en promedio, la venta dividida entre las facturas.
        </p>
      ),
    },
  ];
}

const WHY_NOT = 'No hay ningún par de días completos que comparar, o no había ventas en los anteriores.';
const MARGEN =
  'Utilidad bruta (venta menos costo) dividida entre la venta, en porcentaje. Solo cuentan las ventas cuyo costo se conoce.';

function comparisonText(comparison: Medidas['comparacion'] | undefined): string {
  const days =
    comparison === null || comparison === undefined
      ? ''
      : ` Aquí se comparan ${comparison.diasComparados} de ${comparison.dias} días.`;
  return `Venta contra la de los mismos días de la semana de antes. Solo se comparan pares de días completos los dos, tienda por tienda.${days}`;
}

const Incomplete = (): JSX.Element => (
  <a class="marca regular" href="/datos">
    incompleto
  </a>
);

interface Drawn {
  readonly money: Money;
  readonly nivel: Nivel;
  readonly address: Address;
  readonly compared: boolean;
}

function columnsOf({ money, nivel, address, compared }: Drawn): readonly Column<FilaVenta>[] {
  const amount = nivel === 'articulo' ? money.cents : money.whole;
  const columns: Column<FilaVenta>[] = [
    {
      title: TITLES[nivel],
      explain: {
        tienda: 'El nombre abre sus categorías.',
        categoria: 'Categoría de KLK. El nombre abre sus artículos.',
        articulo: 'Nombre y código. El nombre abre todo lo que se sabe de él.',
      }[nivel],
      card: 'titulo',
      sort: { up: 'nombre' },
      cell: ({ clave, incompleto }) => (
        <>
          <a class="principal" href={deeper(nivel, address, clave.id ?? '')}>
            {clave.nombre ?? clave.id ?? 'Sin categoría'}
          </a>
          {nivel === 'articulo' ? <small>{clave.id}</small> : null}
          {incompleto ? (
            <>
              {' '}
              <Incomplete />
            </>
          ) : null}
        </>
      ),
    },
    {
      title: 'Venta',
      unit: money.unit,
      explain:
        'Lo vendido en el período, sin IVA, menos las devoluciones. «Incompleto»: faltan ventas de algún día.',
      numeric: true,
      sort: { up: 'venta', down: '-venta' },
      cell: ({ ventaUsd }) => <strong>{amount(ventaUsd)}</strong>,
    },
  ];
  if (compared) {
    columns.push(
      {
        title: 'Antes',
        unit: money.unit,
        explain: 'La venta de los días con que se compara. Solo los que están completos en los dos períodos.',
        numeric: true,
        cell: ({ comparacion }) =>
          comparacion?.diasComparados === 0 ? NINGUNO : amount(comparacion?.ventaUsd),
      },
      {
        title: 'Variación',
        explain: comparisonText(undefined),
        numeric: true,
        cell: ({ comparacion }) => (
          <>
            <Variation value={comparacion?.variacionPct ?? null} why={WHY_NOT} />
            {comparacion === null ||
            comparacion.diasComparados === 0 ||
            comparacion.diasComparados === comparacion.dias ? null : (
              <small>
                {comparacion.diasComparados} de {comparacion.dias} días
              </small>
            )}
          </>
        ),
      },
    );
  }
  columns.push(
    {
      title: 'Margen',
      unit: '%',
      explain: MARGEN,
      numeric: true,
      sort: { up: 'margen', down: '-margen' },
      cell: ({ margenPct }) => (margenPct === null ? NINGUNO : toTenths(margenPct)),
    },
    {
      title: 'Unidades',
      explain: 'Cantidad de lo que se vende por unidad. No se suma con los kilos.',
      numeric: true,
      sort: { down: '-unidades' },
      cell: ({ unidades }) => <Quantity value={unidades} />,
    },
    {
      title: 'Kilos',
      explain: 'Cantidad de lo que se vende por peso. No se suma con las unidades.',
      numeric: true,
      cell: ({ kilos }) => <Quantity value={kilos} />,
    },
  );
  if (nivel !== 'categoria') {
    columns.push({
      title: 'Facturas',
      explain:
        nivel === 'tienda' ? 'Facturas distintas, no líneas.' : 'Facturas en las que aparece el artículo.',
      numeric: true,
      cell: ({ facturas }) => (facturas === null ? NINGUNO : toWhole(facturas)),
    });
  }
  if (nivel === 'tienda') {
    columns.push({
      title: 'Ticket',
      unit: money.unit,
      explain: 'Venta dividida entre facturas.',
      numeric: true,
      cell: ({ ticketUsd }) => money.cents(ticketUsd),
    });
  }
  return columns;
}

/** One level further down, in the same days. */
function deeper(nivel: Nivel, address: Address, id: string): string {
  const rest = { orden: undefined, q: undefined };
  if (nivel === 'tienda') return hrefWith(address, { ...rest, nivel: 'categoria', tienda: id });
  if (nivel === 'categoria') return hrefWith(address, { ...rest, nivel: 'articulo', categoria: id });
  const { query } = address;
  return hrefOf(`/articulo/${encodeURIComponent(id)}`, { tienda: query.get('tienda') ?? undefined });
}
