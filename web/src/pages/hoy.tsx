import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { hrefOf } from '../address.ts';
import { isTiendas } from '../answers.ts';
import type { Destacado, FilaTienda, Tienda, TiendasAnswer } from '../answers.ts';
import { ARTICLE_CSV, Variation, articleColumns, keyOfArticle } from '../cells.tsx';
import { RowsCsvButton, toYesNo } from '../csv.tsx';
import type { CsvColumns } from '../csv.tsx';
import { EmptySince, Moment } from '../explain.tsx';
import { Figures } from '../figures.tsx';
import type { Figure } from '../figures.tsx';
import { NO_VALUE, count, toDia, toShortDay, toSignedPercent, toWhole } from '../format.ts';
import { List } from '../list.tsx';
import { useMoney } from '../money.ts';
import type { Money } from '../money.ts';
import { Page } from '../page.tsx';
import { LATE_MS, useNow } from '../now.ts';
import { useNameOf, useOneStore } from '../people.ts';
import { Stamp } from '../stamp.tsx';
import { Table } from '../table.tsx';
import type { Column } from '../table.tsx';
import { useList } from '../use-answer.ts';

const PATH = '/tiendas';
const HABITUAL =
  'Las mismas horas completas del mismo día de la semana pasada: si las ventas de hoy se conocen hasta las 10:40, se comparan las de antes de las 10:00 de los dos días.';

export function Hoy(): JSX.Element {
  const asked = useList(PATH, isTiendas);
  const value = asked.shown?.value;
  const money = useMoney(value?.tasa);
  const today = toDia(useNow());
  const columns = useMemo(() => columnsOf(money, today), [money, today]);
  const { filas } = asked;
  const store = useOneStore(undefined);
  return (
    <Page
      title="Hoy"
      lead={store === undefined ? 'Cómo está cada tienda ahora.' : `Cómo está ${store} ahora.`}
    >
      <Stamp asked={asked} />
      <Figures asked={asked} figures={figuresOf(value === undefined ? undefined : filas, money)} />
      <List
        asked={asked}
        columns={columns}
        caption="Tiendas"
        path={PATH}
        keyOf={({ tienda }) => tienda.id}
        empty={{
          title: 'Todavía no hay ninguna tienda',
          detail:
            'Aparecen aquí con su primer inventario cargado. Mire en Datos si las cargas están fallando.',
        }}
      />
      {value === undefined ? null : (
        <Destacados value={value} money={money} isOneStore={store !== undefined} />
      )}
    </Page>
  );
}

/** A distribution centre sells nothing. */
const sells = ({ tipo }: FilaTienda): boolean => tipo !== 'cedi';
const SELLS_NOTHING = <span class="suave">no vende</span>;

/** Sums over the stores that are shown. */
function figuresOf(filas: readonly FilaTienda[] | undefined, money: Money): readonly Figure[] {
  const known = filas ?? [];
  const sum = (of: (fila: FilaTienda) => number): number =>
    known.reduce((total, fila) => total + of(fila), 0);
  const compared = known.filter(({ habitual, variacionPct }) => habitual !== null && variacionPct !== null);
  const before = compared.reduce((total, { habitual }) => total + (habitual?.ventaUsd ?? 0), 0);
  const now = compared.reduce((total, { hoy }) => total + (hoy?.ventaUsd ?? 0), 0);
  const selling = known.filter(sells);
  const sold = selling.filter(({ hoy }) => hoy !== null);
  const shown = (text: string): string => (filas === undefined ? NO_VALUE : text);
  return [
    {
      label: `Venta de hoy, ${money.unit}`,
      value: shown(sold.length === 0 ? NO_VALUE : money.whole(sum(({ hoy }) => hoy?.ventaUsd ?? 0))),
      note: shown(
        sold.length === selling.length
          ? count(
              sum(({ hoy }) => hoy?.facturas ?? 0),
              'factura',
              'facturas',
            )
          : `en ${sold.length} de ${count(selling.length, 'tienda', 'tiendas')}`,
      ),
      how: (
        <p>
          Suma de lo vendido hoy en sus tiendas, sin IVA, hasta la última hora completa que se leyó de cada
          una. Las tiendas de las que hoy no se ha leído ninguna hora no entran.
        </p>
      ),
    },
    {
      label: 'Contra lo habitual',
      value: before <= 0 ? NO_VALUE : toSignedPercent((100 * (now - before)) / before),
      note: shown(
        compared.length === selling.length
          ? 'mismo día de la semana pasada'
          : `en ${compared.length} de ${count(selling.length, 'tienda', 'tiendas')}`,
      ),
      how: <p>{HABITUAL} Solo entran las tiendas que tienen completos los dos días.</p>,
    },
    {
      label: 'Agotados',
      value: shown(toWhole(sum(({ agotados }) => agotados))),
      note: <a href="/faltantes">Ver los que se venden</a>,
      how: (
        <p>
          Artículos con existencia cero, se vendan o no, sumados de todas sus tiendas. Los negativos van
          aparte.
        </p>
      ),
    },
    {
      label: 'Negativos',
      value: shown(toWhole(sum(({ negativos }) => negativos))),
      note: <a href={hrefOf('/existencias', { estado: 'negativo' })}>Ver cuáles</a>,
      how: <p>Artículos con existencia menor que cero: se facturó más de lo que KLK creía tener.</p>,
    },
  ];
}

const columnsOf = (money: Money, today: string): readonly Column<FilaTienda>[] => [
  {
    title: 'Tienda',
    explain: 'Cada tienda que usted puede ver. El nombre abre sus existencias.',
    card: 'titulo',
    cell: ({ tienda }) => (
      <a class="principal" href={hrefOf('/existencias', { tienda: tienda.id })}>
        {tienda.nombre}
      </a>
    ),
  },
  {
    title: 'Inventario leído',
    explain:
      'Hace cuánto se leyó de KLK el inventario de su almacén más atrasado. Se lee cada 30 minutos; con más de 2 horas se marca como atrasado. Debajo, los almacenes que no se han cargado nunca.',
    cell: ({ existenciasHasta, sinCargar }) => (
      <>
        <Freshness iso={existenciasHasta} what="Existencias de la tienda" />
        {existenciasHasta === null ||
        sinCargar === undefined ||
        sinCargar === null ||
        sinCargar.length === 0 ? null : (
          <small>{sinCargar.join(', ')} sin cargar</small>
        )}
      </>
    ),
  },
  {
    title: 'Artículos',
    explain:
      'Artículos del inventario de la tienda, con o sin existencia. Uno que está en dos almacenes cuenta dos veces.',
    numeric: true,
    cell: ({ articulos }) => toWhole(articulos),
  },
  {
    title: 'Agotados',
    explain:
      'Artículos con existencia cero, se vendan o no. El número abre la lista; los que se venden están en Faltantes.',
    numeric: true,
    cell: ({ agotados, tienda }) => (
      <a href={hrefOf('/existencias', { tienda: tienda.id, estado: 'agotado' })}>{toWhole(agotados)}</a>
    ),
  },
  {
    title: 'Negativos',
    explain: 'Artículos con existencia menor que cero. El número abre la lista.',
    numeric: true,
    cell: ({ negativos, tienda }) =>
      negativos === 0 ? (
        '0'
      ) : (
        <a href={hrefOf('/existencias', { tienda: tienda.id, estado: 'negativo' })}>{toWhole(negativos)}</a>
      ),
  },
  {
    title: 'Venta de hoy',
    unit: money.unit,
    explain:
      'Lo vendido hoy sin IVA, hasta la última hora completa que se leyó. El número abre las de hoy por categoría, con lo leído de la hora que corre.',
    numeric: true,
    cell: (fila) =>
      sells(fila) ? (
        <a
          href={hrefOf('/ventas', { tienda: fila.tienda.id, nivel: 'categoria', desde: today, hasta: today })}
        >
          {money.whole(fila.hoy?.ventaUsd)}
        </a>
      ) : (
        SELLS_NOTHING
      ),
  },
  {
    title: 'Habitual',
    unit: money.unit,
    explain: HABITUAL,
    numeric: true,
    cell: ({ habitual }) => money.whole(habitual?.ventaUsd),
  },
  {
    title: 'Variación',
    explain:
      'Venta de hoy contra la habitual, en porcentaje. No se compara si alguno de los dos días está incompleto.',
    numeric: true,
    cell: (fila) =>
      !sells(fila) ? (
        NO_VALUE
      ) : fila.habitual === null ? (
        <Variation
          value={null}
          why="Las ventas de hoy o las del mismo día de la semana pasada están incompletas en esta tienda."
        />
      ) : (
        <Variation
          value={fila.variacionPct}
          word="sin venta antes"
          why="A esas horas del mismo día de la semana pasada no se vendió nada, o se devolvió más de lo vendido."
        />
      ),
  },
  {
    title: 'Facturas',
    explain: 'Facturas distintas de hoy, hasta la misma hora que la venta.',
    numeric: true,
    cell: ({ hoy }) => (hoy === null ? NO_VALUE : toWhole(hoy.facturas)),
  },
  {
    title: 'Ventas leídas',
    explain: 'Hace cuánto era el momento hasta el que se leyeron de KLK las ventas de hoy.',
    cell: (fila) =>
      sells(fila) ? <Freshness iso={fila.ventasHasta} what="Ventas de la tienda" /> : NO_VALUE,
  },
  {
    title: 'Días incompletos',
    explain: 'De los últimos 28 días, aquellos cuyas ventas faltan o fallaron. El enlace abre el calendario.',
    card: 'linea',
    cell: ({ diasIncompletos }) => <Incomplete dias={diasIncompletos} />,
  },
];

function Incomplete({ dias }: { readonly dias: readonly string[] }): JSX.Element {
  const [first] = dias;
  if (first === undefined) return <span class="suave">ninguno</span>;
  return (
    <a class="marca regular" href={hrefOf('/datos', { mes: first.slice(0, 7) })}>
      {dias.length === 1 ? toShortDay(first) : `${dias.length} días`}
    </a>
  );
}

function Freshness({ iso, what }: { readonly iso: string | null; readonly what: string }): JSX.Element {
  const now = useNow();
  if (iso === null) return <span class="marca mal">sin cargar</span>;
  const late = now - Date.parse(iso) > LATE_MS;
  return (
    <span class={late ? 'marca regular' : ''}>
      <Moment iso={iso} what={what} />
    </span>
  );
}

function Destacados({
  value: { destacados, cobertura },
  money,
  isOneStore,
}: {
  readonly value: TiendasAnswer;
  readonly money: Money;
  readonly isOneStore: boolean;
}): JSX.Element {
  const nameOf = useNameOf();
  const filas = useMemo(
    () =>
      destacados.map(({ tienda, ...rest }) => ({ ...rest, tienda: { id: tienda, nombre: nameOf(tienda) } })),
    [destacados, nameOf],
  );
  const columns = useMemo(() => destacadosOf(filas, money, isOneStore), [filas, money, isOneStore]);
  return (
    <section>
      <div class="herramientas">
        <h2>Lo que más se vende y no hay</h2>
        <RowsCsvButton name="mas-vendidos-sin-existencia" columns={DESTACADOS_CSV} filas={filas} />
      </div>
      {filas.length === 0 ? (
        <p class="suave">
          {cobertura.completa ? 'Ninguno' : 'De los días de ventas que se leyeron, ninguno'} de los 200
          artículos más vendidos de cada tienda está agotado.
        </p>
      ) : (
        <Table
          caption="Sin existencia, de los 200 más vendidos de cada tienda en 28 días"
          columns={columns}
          filas={filas}
          keyOf={keyOfArticle}
        />
      )}
      <p>
        <a href="/faltantes">Todo lo que se vende y no hay, y cuánto se dejó de vender</a>
      </p>
    </section>
  );
}

type FilaDestacado = Omit<Destacado, 'tienda'> & { readonly tienda: Tienda };

const DESTACADOS_CSV: CsvColumns<FilaDestacado> = [
  ...ARTICLE_CSV.filter(([heading]) => heading !== 'Almacén'),
  ['Vendió en 28 días (USD)', ({ ventas28Usd }) => ventas28Usd],
  ['Sin existencia desde', ({ sinExistenciaDesde }) => sinExistenciaDesde],
  ['Se sabe desde cuándo', ({ desdeConocido }) => toYesNo(desdeConocido)],
  ['Incompleto', ({ incompleto }) => toYesNo(incompleto)],
];

const destacadosOf = (
  filas: readonly FilaDestacado[],
  money: Money,
  isOneStore: boolean,
): readonly Column<FilaDestacado>[] => [
  ...articleColumns(filas, isOneStore),
  {
    title: 'Vendió en 28 días',
    unit: money.unit,
    explain:
      'Lo que vendió ese artículo en esa tienda en los últimos 28 días completos, sin IVA. Es de los 200 que más vendieron en ella.',
    numeric: true,
    cell: ({ ventas28Usd }) => money.whole(ventas28Usd),
  },
  {
    title: 'Sin existencia',
    explain:
      'Desde cuándo su existencia es cero o menos; «más de»: llegó o volvió así al inventario, y puede faltar desde antes. Si aun así se vendió, la existencia de KLK está equivocada.',
    numeric: true,
    cell: ({ sinExistenciaDesde, desdeConocido }) => (
      <EmptySince desde={sinExistenciaDesde} isKnown={desdeConocido !== false} />
    ),
  },
];
