import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { hrefOf, hrefWith, useAddress } from '../address.ts';
import { isArticulo } from '../answers.ts';
import type {
  CambioDePrecio,
  ExistenciaDeTienda,
  Movimiento,
  RespuestaArticulo,
  VentaDelDia,
} from '../answers.ts';
import { Quantity } from '../cells.tsx';
import { Chart } from '../chart.tsx';
import { CsvButton } from '../csv.tsx';
import { Explain, Moment } from '../explain.tsx';
import { FailurePanel } from '../failure.tsx';
import { Filters, PeriodFilter, useParameters } from '../filters.tsx';
import {
  NINGUNO,
  addDias,
  toDay,
  toDia,
  toPeriod,
  toQuantity,
  toSignedQuantity,
  toTenths,
  toWhole,
} from '../format.ts';
import { OldAnswer, Skeleton } from '../list.tsx';
import { useMoney } from '../money.ts';
import type { Money } from '../money.ts';
import { useNow } from '../now.ts';
import { Page } from '../page.tsx';
import { Stamp } from '../stamp.tsx';
import { CardTools, Table } from '../table.tsx';
import type { Column } from '../table.tsx';
import { useAnswer } from '../use-answer.ts';

const PERIODS = [
  { label: '28 días', days: 28 },
  { label: '90 días', days: 90 },
];
const MAX_DAYS = 400;
const DEFAULT_DAYS = 28;

export function Articulo({ codigo }: { readonly codigo: string }): JSX.Element {
  const parameters = useParameters(['tienda', 'desde', 'hasta']);
  const path = hrefOf(`/articulos/${encodeURIComponent(codigo)}`, parameters);
  const asked = useAnswer(path, isArticulo);
  const { shown, failure, again, loading } = asked;
  const today = toDia(useNow());
  const hasta = parameters['hasta'] ?? shown?.value.periodo.hasta ?? today;
  const desde = parameters['desde'] ?? shown?.value.periodo.desde ?? addDias(hasta, 1 - DEFAULT_DAYS);
  return (
    <Page
      title={shown?.value.articulo.nombre ?? `Artículo ${codigo}`}
      lead={<Identity value={shown?.value} codigo={codigo} />}
    >
      <Filters>
        <PeriodFilter desde={desde} hasta={hasta} periods={PERIODS} maxDays={MAX_DAYS} />
      </Filters>
      <Stamp asked={asked} />
      {shown === undefined ? (
        failure === undefined || loading ? (
          <Skeleton />
        ) : (
          <FailurePanel failure={failure} again={again} />
        )
      ) : (
        <Article value={shown.value} path={path} />
      )}
      <OldAnswer asked={asked} />
    </Page>
  );
}

function Identity({
  value,
  codigo,
}: {
  readonly value: RespuestaArticulo | undefined;
  readonly codigo: string;
}): JSX.Element {
  if (value === undefined)
    return (
      <span class="identidad">
        <strong>{codigo}</strong>
      </span>
    );
  const { categoria, marca, presentacion, codigoBarras } = value.articulo;
  return (
    <span class="identidad">
      <strong>{value.articulo.codigo}</strong>
      {categoria === null ? null : (
        <>
          {' · '}
          <a href={hrefOf('/existencias', { categoria })}>{categoria}</a>
        </>
      )}
      {marca === null || marca === '' ? null : (
        <>
          {' · '}
          <a href={hrefOf('/existencias', { marca })}>{marca}</a>
        </>
      )}
      {presentacion === null || presentacion === '' ? null : ` · ${presentacion}`}
      {codigoBarras === null || codigoBarras === '' ? null : ` · barras ${codigoBarras}`}
    </span>
  );
}

function Article({ value, path }: { readonly value: RespuestaArticulo; readonly path: string }): JSX.Element {
  const address = useAddress();
  const money = useMoney(value.tasa);
  const { tienda, periodo } = value;
  const store = tienda?.nombre ?? 'su tienda';
  const stores = useMemo(() => storesOf(money, address, tienda?.id), [money, address, tienda?.id]);
  const sales = useMemo(() => salesOf(money), [money]);
  const days = value.ventas.toReversed();
  return (
    <>
      <section>
        <h2>En cada tienda</h2>
        <CardTools columns={stores} />
        {value.tiendas.length === 0 ? (
          <p class="suave">Ninguna tienda lo tiene en su inventario.</p>
        ) : (
          <Table
            caption="Existencia y ventas en cada tienda"
            columns={stores}
            filas={value.tiendas}
            keyOf={({ tienda, almacen }) => `${tienda.id} ${almacen}`}
          />
        )}
      </section>
      <section>
        <h2>
          Existencia y ventas en {store}{' '}
          <Explain
            title="Existencia y ventas"
            content={
              <p>
                Arriba, la existencia como escalones: sube cuando llega mercancía y baja cuando se vende o se
                pierde. Donde la línea se interrumpe, el artículo no estaba en el inventario. Abajo, lo
                vendido cada día.
              </p>
            }
          />
        </h2>
        <Chart existencias={value.existencias} ventas={value.ventas} label={summaryOf(value, store)} />
      </section>
      <div class="pares">
        <section>
          <div class="herramientas">
            <h2>Ventas por día</h2>
            <CsvButton path={path} />
          </div>
          {days.length === 0 ? (
            <p class="suave">No se vendió {toPeriod(periodo.desde, periodo.hasta)}.</p>
          ) : (
            <Table
              caption={`Ventas por día en ${store}`}
              columns={sales}
              filas={days}
              keyOf={({ dia }) => dia}
            />
          )}
        </section>
        <div>
          <section>
            <h2>Llegadas y mermas</h2>
            {value.movimientos.length === 0 ? (
              <p class="suave">Nada llegó ni faltó: todo lo que cambió la existencia fueron ventas.</p>
            ) : (
              <Table
                caption={`Llegadas y mermas en ${store}`}
                columns={MOVIMIENTOS}
                filas={value.movimientos}
                keyOf={({ almacen, desde, hasta }) => `${almacen} ${desde} ${hasta}`}
              />
            )}
          </section>
          <section>
            <h2>Cambios de precio</h2>
            <Prices precios={value.precios} money={money} store={store} />
          </section>
        </div>
      </div>
    </>
  );
}

/** What the chart shows, for who does not see it. */
function summaryOf({ ventas, existencias }: RespuestaArticulo, store: string): string {
  const last = existencias.at(0)?.pasos.at(-1)?.[1];
  const sold = ventas.reduce((sum, { unidades, kilos }) => sum + unidades + kilos, 0);
  const stock =
    last === undefined || last === null ? 'sin existencia conocida' : `existencia final ${toQuantity(last)}`;
  return `Existencia y ventas en ${store}: ${stock}, ${toQuantity(sold)} vendidos. Los números están en las tablas de abajo.`;
}

const storesOf = (
  money: Money,
  address: ReturnType<typeof useAddress>,
  chosen: string | undefined,
): readonly Column<ExistenciaDeTienda>[] => [
  {
    title: 'Tienda',
    explain: 'El nombre muestra abajo la historia de esa tienda.',
    card: 'titulo',
    cell: ({ tienda }) => (
      <a
        class="principal"
        href={hrefWith(address, { tienda: tienda.id })}
        aria-current={tienda.id === chosen ? 'true' : undefined}
      >
        {tienda.nombre}
      </a>
    ),
  },
  {
    title: 'Existencia',
    explain: 'Lo que KLK dice que hay en la tienda.',
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
    title: 'Precio',
    unit: money.unit,
    explain: 'Precio de venta en KLK.',
    numeric: true,
    cell: ({ precioUsd }) => money.cents(precioUsd),
  },
  {
    title: '28 días',
    explain:
      'Cantidad vendida en los últimos 28 días completos. De las tiendas que no son suyas no se muestra.',
    numeric: true,
    cell: ({ ventas28 }) => <Quantity value={ventas28} />,
  },
  {
    title: 'Días de cobertura',
    explain: 'Existencia dividida entre la venta diaria de los últimos 28 días.',
    numeric: true,
    cell: ({ diasCobertura }) => (diasCobertura === null ? NINGUNO : toTenths(diasCobertura)),
  },
];

const salesOf = (money: Money): readonly Column<VentaDelDia>[] => [
  {
    title: 'Día',
    explain:
      'Día de Caracas. «Incompleto»: no se leyeron todas las ventas de ese día. «Provisional»: todavía puede cambiar.',
    card: 'titulo',
    cell: ({ dia, estado }) => (
      <>
        {toDay(dia)} {estado === null || estado === 'completo' ? null : <DayState estado={estado} />}
      </>
    ),
  },
  {
    title: 'Cantidad',
    explain: 'Unidades o kilos vendidos ese día, menos las devoluciones.',
    numeric: true,
    cell: ({ unidades, kilos }) =>
      kilos === 0 ? <Quantity value={unidades} /> : <Quantity value={kilos} unit="kg" />,
  },
  {
    title: 'Venta',
    unit: money.unit,
    explain: 'Lo vendido ese día, sin IVA.',
    numeric: true,
    cell: ({ ventaUsd }) => money.cents(ventaUsd),
  },
  {
    title: 'Facturas',
    explain: 'Facturas de ese día en las que aparece el artículo.',
    numeric: true,
    cell: ({ facturas }) => toWhole(facturas),
  },
];

const DayState = ({ estado }: { readonly estado: string }): JSX.Element =>
  estado === 'provisional' || estado === 'abierto' ? (
    <span class="suave">provisional</span>
  ) : (
    <span class="marca regular">incompleto</span>
  );

const MOVIMIENTOS: readonly Column<Movimiento>[] = [
  {
    title: 'Hasta',
    explain: 'El inventario en el que se vio el cambio.',
    card: 'titulo',
    cell: ({ hasta }) => <Moment iso={hasta} what="Visto en el inventario de" />,
  },
  {
    title: 'Diferencia',
    explain:
      'Cambio de la existencia más lo vendido entre dos inventarios: positiva, llegó mercancía; negativa, falta.',
    numeric: true,
    cell: ({ diferencia }) => (
      <span class={diferencia < 0 ? 'baja' : ''}>{toSignedQuantity(diferencia)}</span>
    ),
  },
];

function Prices({
  precios,
  money,
  store,
}: {
  readonly precios: readonly CambioDePrecio[];
  readonly money: Money;
  readonly store: string;
}): JSX.Element {
  const columns = useMemo(() => pricesOf(money), [money]);
  if (precios.length === 0) return <p class="suave">El precio no cambió en esos días.</p>;
  return (
    <Table
      caption={`Cambios de precio en ${store}`}
      columns={columns}
      filas={precios}
      keyOf={({ fecha, almacen }) => `${fecha} ${almacen}`}
    />
  );
}

const pricesOf = (money: Money): readonly Column<CambioDePrecio>[] => [
  {
    title: 'Cuándo',
    explain: 'El inventario en el que se vio el precio nuevo.',
    card: 'titulo',
    cell: ({ fecha }) => <Moment iso={fecha} what="Precio nuevo desde" />,
  },
  {
    title: 'Antes',
    unit: money.unit,
    explain: 'Precio anterior en KLK.',
    numeric: true,
    cell: ({ anterior }) => money.cents(anterior),
  },
  {
    title: 'Nuevo',
    unit: money.unit,
    explain: 'Precio desde entonces.',
    numeric: true,
    cell: ({ nuevo }) => money.cents(nuevo),
  },
];
