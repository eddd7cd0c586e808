import type { ComponentChildren, JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { hrefOf, hrefWith, useAddress } from '../address.ts';
import type { Address } from '../address.ts';
import { isVentas } from '../answers.ts';
import type { FilaVenta, Medidas, VentasAnswer } from '../answers.ts';
import { Incomplete, Quantity, Variation } from '../cells.tsx';
import { Figures } from '../figures.tsx';
import type { Figure } from '../figures.tsx';
import {
  ChoiceFilter,
  Filters,
  PeriodFilter,
  SearchFilter,
  StoreFilter,
  periodOf,
  useParameters,
} from '../filters.tsx';
import { NO_VALUE, addDias, count, toDia, toPeriod, toTenths, toWhole } from '../format.ts';
import { List } from '../list.tsx';
import { useMoney } from '../money.ts';
import type { Money } from '../money.ts';
import { useNow } from '../now.ts';
import { Page } from '../page.tsx';
import { useNameOf, useOneStore } from '../people.ts';
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
  { value: 'semana', label: 'Semanas anteriores' },
  { value: 'anio', label: 'Año anterior' },
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
  const store = useOneStore(parameters['tienda']);
  const compared = parameters['comparar'] !== 'no';
  const columns = useMemo(
    () => columnsOf({ money, nivel, address, compared }),
    [money, nivel, address, compared],
  );
  const { desde, hasta } = periodOf(parameters, yesterday);
  return (
    <Page
      title={store === undefined ? 'Ventas' : `Ventas de ${store}`}
      lead={<Way address={address} nivel={nivel} />}
    >
      <Filters>
        <StoreFilter />
        <PeriodFilter desde={desde} hasta={hasta} last={yesterday} periods={PERIODS} maxDays={MAX_DAYS} />
        <ChoiceFilter name="comparar" label="Comparar con" options={COMPARAR} fallback="semana" />
        {nivel === 'articulo' ? <SearchFilter label="Buscar" /> : null}
      </Filters>
      <Stamp asked={asked} />
      <Figures asked={asked} figures={figuresOf(value, money)} />
      <List
        asked={asked}
        columns={columns}
        caption={`Ventas por ${TITLES[nivel].toLowerCase()}, ${toPeriod(value?.periodo.desde ?? desde, value?.periodo.hasta ?? hasta)}`}
        path={path}
        defaultOrder={{ value: '-venta' }}
        keyOf={({ clave }) => clave.id}
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

/** The breadcrumb: all stores, a store, a category. Each step is a link back. */
function Way({ address, nivel }: { readonly address: Address; readonly nivel: Nivel }): JSX.Element {
  const nameOf = useNameOf();
  const tienda = address.query.get('tienda');
  const categoria = address.query.get('categoria');
  const to = (changes: Record<string, string | undefined>): string =>
    hrefWith(address, { orden: undefined, q: undefined, ...changes });
  const byStore = { nivel: undefined, tienda: undefined, categoria: undefined };
  const byCategory = { nivel: 'categoria', categoria: undefined };
  const store = tienda === null ? undefined : nameOf(tienda);
  return (
    <nav class="camino" aria-label="Nivel de las ventas">
      <Step href={to(byStore)} isHere={nivel === 'tienda' && store === undefined}>
        Por tienda
      </Step>
      {nivel === 'tienda' && store === undefined ? null : (
        <>
          <span aria-hidden="true">›</span>
          <Step href={to(byCategory)} isHere={nivel !== 'articulo'}>
            {nivel === 'tienda' ? store : `${store ?? 'Todas'}, por categoría`}
          </Step>
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
            <a class="ficha" href={to(byCategory)}>
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

/** A step of the breadcrumb: a link back, or the current level. */
const Step = ({
  href,
  isHere,
  children,
}: {
  readonly href: string;
  readonly isHere: boolean;
  readonly children: ComponentChildren;
}): JSX.Element => (isHere ? <span aria-current="page">{children}</span> : <a href={href}>{children}</a>);

function figuresOf(value: VentasAnswer | undefined, money: Money): readonly Figure[] {
  const { total, periodo, anterior = null } = value ?? {};
  return [
    {
      label: `Venta, ${money.unit}`,
      value: money.whole(total?.ventaUsd),
      note: (
        <>
          {periodo === undefined ? '' : toPeriod(periodo.desde, periodo.hasta)}{' '}
          {total?.incompleto === true ? <Incomplete /> : null}
        </>
      ),
      how: <p>Todo lo vendido en el período y el filtro, sin IVA, menos las devoluciones.</p>,
    },
    {
      label: 'Variación',
      value: total === undefined ? NO_VALUE : <Comparison comparacion={total.comparacion} />,
      note: anterior === null ? '' : comparedNote(anterior, total?.comparacion ?? null),
      how: (
        <p>
          {COMPARISON}
          {total === undefined || total.comparacion === null
            ? ''
            : ` Aquí se comparan ${toWhole(total.comparacion.diasComparados)} de ${count(total.comparacion.dias, 'día', 'días')} de tienda.`}
        </p>
      ),
    },
    {
      label: 'Margen',
      value: total === undefined || total.margenPct === null ? NO_VALUE : `${toTenths(total.margenPct)} %`,
      note:
        total === undefined || total.utilidadUsd === null
          ? ''
          : `${money.whole(total.utilidadUsd)} ${money.unit} de utilidad`,
      how: <p>{MARGEN}</p>,
    },
    {
      label: 'Facturas',
      value: total === undefined || total.facturas === null ? NO_VALUE : toWhole(total.facturas),
      note: invoicesNote(total, money),
      how: (
        <p>
          Facturas distintas, no líneas. Cada una vale, en promedio, la venta dividida entre las facturas.
          Solo se cuentan por tienda: una factura puede tener artículos de varias categorías.
        </p>
      ),
    },
  ];
}

/** With what the total is compared and, where days are left out, in how many. */
function comparedNote(
  { desde, hasta }: NonNullable<VentasAnswer['anterior']>,
  comparacion: Medidas['comparacion'],
): string {
  const before = `antes: ${toPeriod(desde, hasta)}`;
  if (comparacion === null || comparacion.diasComparados === 0) return before;
  const { diasComparados, dias } = comparacion;
  return diasComparados === dias
    ? before
    : `${before}; en ${toWhole(diasComparados)} de ${count(dias, 'día', 'días')} de tienda`;
}

function invoicesNote(total: Medidas | undefined, money: Money): string {
  if (total === undefined) return '';
  if (total.facturas === null) return 'se cuentan por tienda';
  return total.ticketUsd === null ? '' : `${money.cents(total.ticketUsd)} ${money.unit} cada una`;
}

const MARGEN =
  'Utilidad bruta (venta menos costo) dividida entre la venta, en porcentaje. Solo cuentan las ventas cuyo costo se conoce.';
const COMPARISON =
  'Cada día contra el mismo día de la semana, tantas semanas enteras antes como dura el período (con «Año anterior», 364 días). Solo entran los pares de días que están completos los dos, tienda por tienda; hoy no entra.';

/** The change compared with earlier days, or why there is none. */
function Comparison({ comparacion }: { readonly comparacion: Medidas['comparacion'] }): JSX.Element {
  if (comparacion === null) return <>{NO_VALUE}</>;
  const { variacionPct, diasComparados, ventaUsd } = comparacion;
  if (variacionPct === null && diasComparados > 0 && ventaUsd === 0) {
    return (
      <Variation
        value={null}
        word="sin venta antes"
        why="En los días con que se compara no se vendió nada."
      />
    );
  }
  if (variacionPct === null && ventaUsd < 0) {
    return (
      <Variation
        value={null}
        word="sin porcentaje"
        why="En los días con que se compara hubo más devoluciones que ventas: de un importe negativo no se saca un porcentaje."
      />
    );
  }
  return (
    <Variation
      value={variacionPct}
      why="No hay ningún par de días completos que comparar: o faltan ventas, o la tienda todavía no vendía."
    />
  );
}

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
          <a class="principal" href={deeper(nivel, address, clave.id)}>
            {clave.nombre}
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
          comparacion === null || comparacion.diasComparados === 0 ? NO_VALUE : amount(comparacion.ventaUsd),
      },
      {
        title: 'Variación',
        explain: COMPARISON,
        numeric: true,
        cell: ({ comparacion }) => (
          <>
            <Comparison comparacion={comparacion} />
            {comparacion === null ||
            comparacion.diasComparados === 0 ||
            comparacion.diasComparados === comparacion.dias ? null : (
              <small>
                {comparacion.diasComparados} de {count(comparacion.dias, 'día', 'días')}
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
      cell: ({ margenPct }) => (margenPct === null ? NO_VALUE : toTenths(margenPct)),
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
      cell: ({ facturas }) => (facturas === null ? NO_VALUE : toWhole(facturas)),
    });
  }
  if (nivel === 'tienda') {
    columns.push({
      title: 'Ticket',
      unit: money.unit,
      explain: 'Lo que vale en promedio una factura: venta dividida entre facturas.',
      numeric: true,
      cell: ({ ticketUsd }) => money.cents(ticketUsd),
    });
  }
  return columns;
}

/** The address one level deeper, for the same days. */
function deeper(nivel: Nivel, address: Address, id: string): string {
  const rest = { orden: undefined, q: undefined };
  if (nivel === 'tienda') return hrefWith(address, { ...rest, nivel: 'categoria', tienda: id });
  if (nivel === 'categoria') return hrefWith(address, { ...rest, nivel: 'articulo', categoria: id });
  const { query } = address;
  const kept = ['tienda', 'desde', 'hasta'].map((name) => [name, query.get(name) ?? undefined] as const);
  return hrefOf(`/articulo/${encodeURIComponent(id)}`, Object.fromEntries(kept));
}
