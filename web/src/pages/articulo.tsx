import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { hrefOf, hrefWith, useAddress } from '../address.ts';
import { isArticulo } from '../answers.ts';
import type {
  CambioDePrecio,
  ExistenciaDeTienda,
  Movimiento,
  ArticuloAnswer,
  Tienda,
  Unidad,
  VentaDelDia,
} from '../answers.ts';
import { Difference, Incomplete, Quantity, WAREHOUSE, hasSeveralWarehouses, toCoverage } from '../cells.tsx';
import { Chart } from '../chart.tsx';
import { CsvButton, RowsCsvButton, toYesNo } from '../csv.tsx';
import type { CsvColumns } from '../csv.tsx';
import { EmptySince, Explain, Moment } from '../explain.tsx';
import { Filters, PeriodFilter, StoreFilter, periodOf, useParameters } from '../filters.tsx';
import { NO_VALUE, toDay, toDia, toPeriod, toQuantity, toWhole } from '../format.ts';
import { NoAnswer, OldAnswer } from '../list.tsx';
import { useMoney } from '../money.ts';
import type { Money } from '../money.ts';
import { useNow } from '../now.ts';
import { Page } from '../page.tsx';
import { useTiendas } from '../people.ts';
import { Stamp } from '../stamp.tsx';
import { Table } from '../table.tsx';
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
  const value = asked.shown?.value;
  const today = toDia(useNow());
  const { desde, hasta } = periodOf(parameters, today, DEFAULT_DAYS);
  return (
    <Page
      title={value?.articulo.nombre ?? `Artículo ${codigo}`}
      lead={<Identity articulo={value?.articulo} codigo={codigo} />}
    >
      <Filters>
        <StoreFilter fallback={value?.tienda?.id} />
        <PeriodFilter desde={desde} hasta={hasta} last={today} periods={PERIODS} maxDays={MAX_DAYS} />
      </Filters>
      <Stamp asked={asked} />
      {value === undefined ? <NoAnswer asked={asked} /> : <Article value={value} path={path} />}
      <OldAnswer asked={asked} />
    </Page>
  );
}

function Identity({
  articulo,
  codigo,
}: {
  readonly articulo: ArticuloAnswer['articulo'] | undefined;
  readonly codigo: string;
}): JSX.Element {
  const { categoria, marca, presentacion, codigoBarras } = articulo ?? {};
  return (
    <span class="identidad">
      <strong>{codigo}</strong>
      {categoria === undefined ? null : (
        <>
          {' · '}
          <a href={hrefOf('/existencias', { categoria })}>{categoria}</a>
        </>
      )}
      {isFilled(marca) ? (
        <>
          {' · '}
          <a href={hrefOf('/existencias', { marca })}>{marca}</a>
        </>
      ) : null}
      {isFilled(presentacion) ? ` · ${presentacion}` : ''}
      {isFilled(codigoBarras) ? ` · código de barras ${codigoBarras}` : ''}
    </span>
  );
}

const isFilled = (text: string | null | undefined): text is string =>
  text !== undefined && text !== null && text !== '';

function Article({ value, path }: { readonly value: ArticuloAnswer; readonly path: string }): JSX.Element {
  const address = useAddress();
  const money = useMoney(value.tasa);
  const { tienda, periodo } = value;
  const own = useTiendas();
  const { codigo, unidad } = value.articulo;
  const store = tienda?.nombre ?? 'su tienda';
  const filas = useMemo(() => storesFirst(value), [value]);
  const stores = useMemo(
    () => storesOf(filas, unidad, money, address, own, tienda?.id),
    [filas, unidad, money, address, own, tienda?.id],
  );
  const sales = useMemo(() => salesOf(money), [money]);
  const days = useMemo(() => value.ventas.toReversed(), [value]);
  const movimientos = useMemo(() => value.movimientos.toReversed(), [value]);
  const precios = useMemo(() => value.precios.toReversed(), [value]);
  const several = value.existencias.length > 1;
  const movements = useMemo(
    () => (several ? [...movementsOf(unidad), WAREHOUSE] : movementsOf(unidad)),
    [unidad, several],
  );
  return (
    <>
      <section>
        <div class="herramientas">
          <h2>En cada tienda</h2>
          <RowsCsvButton name={`tiendas-${codigo}`} columns={storesCsvOf(unidad)} filas={value.tiendas} />
        </div>
        {filas.length === 0 ? (
          <p class="suave">Ninguna tienda lo tiene en su inventario.</p>
        ) : (
          <Table
            caption="Existencia y ventas en cada tienda"
            columns={stores}
            filas={filas}
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
        <Chart
          existencias={value.existencias}
          ventas={value.ventas}
          periodo={periodo}
          until={value.datosHasta.existencias}
          label={summaryOf(value, store)}
        />
      </section>
      <div class="pares">
        <section>
          <div class="herramientas">
            <h2>Ventas por día en {store}</h2>
            <CsvButton path={path} />
          </div>
          {days.length === 0 ? (
            <p class="suave">Aquí no se vende: es un centro de distribución.</p>
          ) : (
            <Table
              caption={`Ventas por día en ${store}, ${toPeriod(periodo.desde, periodo.hasta)}`}
              columns={sales}
              filas={days}
              keyOf={({ dia }) => dia}
            />
          )}
        </section>
        <div>
          <section>
            <div class="herramientas">
              <h2>Llegadas y mermas</h2>
              <RowsCsvButton
                name={`movimientos-${codigo}`}
                columns={movementsCsvOf(unidad)}
                filas={movimientos}
              />
            </div>
            {movimientos.length === 0 ? (
              <p class="suave">
                No se vio que llegara o faltara algo. Solo se compara entre inventarios cuyas ventas ya se
                leyeron enteras.
              </p>
            ) : (
              <Table
                caption={`Llegadas y mermas en ${store}`}
                columns={movements}
                filas={movimientos}
                keyOf={({ almacen, desde, hasta }) => `${almacen} ${desde} ${hasta}`}
              />
            )}
          </section>
          <section>
            <div class="herramientas">
              <h2>Cambios de precio</h2>
              <RowsCsvButton name={`precios-${codigo}`} columns={PRECIOS_CSV} filas={precios} />
            </div>
            <Prices precios={precios} money={money} store={store} several={several} />
          </section>
        </div>
      </div>
    </>
  );
}

/** The chart in words, for screen readers. */
function summaryOf({ ventas, existencias }: ArticuloAnswer, store: string): string {
  const last = existencias.at(0)?.pasos.at(-1)?.[1];
  const units = ventas.reduce((sum, { unidades }) => sum + unidades, 0);
  const kilos = ventas.reduce((sum, { kilos }) => sum + kilos, 0);
  const stock =
    last === undefined || last === null ? 'sin existencia conocida' : `existencia final ${toQuantity(last)}`;
  const sold = [
    units === 0 && kilos > 0 ? '' : `${toQuantity(units)} unidades`,
    kilos === 0 ? '' : `${toQuantity(kilos)} kilos`,
  ]
    .filter((part) => part !== '')
    .join(' y ');
  return `Existencia y ventas en ${store}: ${stock}, ${sold} en ventas. Los números están en las tablas de abajo.`;
}

/** The store whose history is shown comes first. */
function storesFirst({ tiendas, tienda }: ArticuloAnswer): readonly ExistenciaDeTienda[] {
  const isChosen = (row: ExistenciaDeTienda): boolean => row.tienda.id === tienda?.id;
  return [...tiendas.filter(isChosen), ...tiendas.filter((row) => !isChosen(row))];
}

const storesCsvOf = (unidad: Unidad): CsvColumns<ExistenciaDeTienda> => [
  ['Tienda', ({ tienda }) => tienda.nombre],
  ['Almacén', ({ almacen }) => almacen],
  ['Existencia', ({ cantidad }) => cantidad],
  ['Unidad', () => unidad],
  ['Con esta existencia desde', ({ desde }) => desde],
  ['Sin existencia desde', ({ sinExistencia }) => sinExistencia?.desde],
  ['Se sabe desde cuándo', ({ sinExistencia }) => toYesNo(sinExistencia?.desdeConocido)],
  ['Precio USD', ({ precioUsd }) => precioUsd],
  ['Ventas 28 días', ({ ventas28 }) => ventas28],
  ['Días de cobertura', ({ diasCobertura }) => diasCobertura],
  ['Incompleto', ({ incompleto }) => toYesNo(incompleto)],
];

const storesOf = (
  filas: readonly ExistenciaDeTienda[],
  unidad: Unidad,
  money: Money,
  address: ReturnType<typeof useAddress>,
  own: readonly Tienda[],
  chosen: string | undefined,
): readonly Column<ExistenciaDeTienda>[] => [
  {
    title: 'Tienda',
    explain:
      'El nombre de una tienda suya muestra abajo su historia. «Incompleto»: algún día de sus ventas de los últimos 28 no se ha leído entero.',
    card: 'titulo',
    cell: ({ tienda, incompleto }) => (
      <>
        {own.some(({ id }) => id === tienda.id) ? (
          <a
            class="principal"
            href={hrefWith(address, { tienda: tienda.id })}
            aria-current={tienda.id === chosen ? 'true' : undefined}
          >
            {tienda.nombre}
          </a>
        ) : (
          <span class="principal">{tienda.nombre}</span>
        )}{' '}
        {incompleto === true ? <Incomplete /> : null}
      </>
    ),
  },
  ...(hasSeveralWarehouses(filas) ? [WAREHOUSE] : []),
  {
    title: 'Existencia',
    explain: 'Lo que KLK dice que hay en la tienda, en unidades o kilos.',
    numeric: true,
    cell: ({ cantidad }) => <Quantity value={cantidad} unit={unidad} />,
  },
  {
    title: 'Desde',
    explain:
      'Desde cuándo es esa la existencia; si está en cero o menos, desde cuándo no hay, como en Faltantes: pasar de cero a negativo no lo mueve. «Más de»: llegó o volvió así al inventario, y puede faltar desde antes. De las tiendas que no son suyas no se muestra.',
    numeric: true,
    cell: ({ desde, sinExistencia }) => <Since desde={desde} sinExistencia={sinExistencia} />,
  },
  {
    title: 'Precio',
    unit: money.unit,
    explain: 'Precio de venta en KLK. De las tiendas que no son suyas no se muestra.',
    numeric: true,
    cell: ({ precioUsd }) => money.cents(precioUsd),
  },
  {
    title: 'Vendido 28 días',
    explain:
      'Cantidad vendida en los últimos 28 días completos, hasta ayer: unidades o kilos, y de lo que se vende de las dos formas, lo que sea más. De las tiendas que no son suyas no se muestra.',
    numeric: true,
    cell: ({ ventas28 }) => <Quantity value={ventas28} unit={unidad} />,
  },
  {
    title: 'Días de cobertura',
    explain:
      'Existencia dividida entre la venta diaria de los últimos 28 días: cuántos días alcanza si se sigue vendiendo igual.',
    numeric: true,
    cell: ({ diasCobertura }) => toCoverage(diasCobertura),
  },
];

function Since({ desde, sinExistencia }: Pick<ExistenciaDeTienda, 'desde' | 'sinExistencia'>): JSX.Element {
  if (sinExistencia !== undefined && sinExistencia !== null) {
    return <EmptySince desde={sinExistencia.desde} isKnown={sinExistencia.desdeConocido} />;
  }
  return desde === null ? <>{NO_VALUE}</> : <Moment iso={desde} what="Con esta existencia desde" />;
}

const salesOf = (money: Money): readonly Column<VentaDelDia>[] => [
  {
    title: 'Día',
    explain:
      'Día de Caracas. «Incompleto»: no se leyeron todas las ventas de ese día. «Provisional»: todavía puede cambiar.',
    card: 'titulo',
    cell: ({ dia, estado }) => (
      <>
        {toDay(dia)} {estado === 'completo' ? null : <DayState estado={estado} />}
      </>
    ),
  },
  {
    title: 'Cantidad',
    explain: 'Unidades o kilos vendidos ese día, menos las devoluciones. Nunca se suman entre sí.',
    numeric: true,
    cell: ({ unidades, kilos }) => (
      <>
        {kilos !== 0 && unidades === 0 ? null : <Quantity value={unidades} unit="und" />}
        {kilos !== 0 && unidades !== 0 ? <br /> : null}
        {kilos === 0 ? null : <Quantity value={kilos} unit="kg" />}
      </>
    ),
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

const DayState = ({ estado }: { readonly estado: VentaDelDia['estado'] }): JSX.Element =>
  estado === 'provisional' ? <span class="suave">provisional</span> : <Incomplete />;

const movementsCsvOf = (unidad: Unidad): CsvColumns<Movimiento> => [
  ['Almacén', ({ almacen }) => almacen],
  ['Desde', ({ desde }) => desde],
  ['Hasta', ({ hasta }) => hasta],
  ['Diferencia', ({ diferencia }) => diferencia],
  ['Unidad', () => unidad],
];

const movementsOf = (unidad: Unidad): readonly Column<Movimiento>[] => [
  {
    title: 'Día',
    explain: 'El día del último inventario en que se vio el cambio; al tocarlo, la hora.',
    card: 'titulo',
    cell: ({ hasta }) => <DayOf iso={hasta} what="Visto hasta el inventario de" />,
  },
  {
    title: 'Diferencia',
    explain:
      'Cambio de la existencia más lo vendido ese día: con +, llegó mercancía; con −, falta. Solo se compara donde las ventas se leyeron enteras.',
    numeric: true,
    cell: ({ diferencia }) => <Difference value={diferencia} unit={unidad} />,
  },
];

/** The day of a moment; a click shows its exact time. */
const DayOf = ({ iso, what }: { readonly iso: string; readonly what: string }): JSX.Element => (
  <Moment iso={iso} what={what} words={toDay(toDia(Date.parse(iso)))} />
);

function Prices({
  precios,
  money,
  store,
  several,
}: {
  readonly precios: readonly CambioDePrecio[];
  readonly money: Money;
  readonly store: string;
  readonly several: boolean;
}): JSX.Element {
  const columns = useMemo(
    () => (several ? [...pricesOf(money), WAREHOUSE] : pricesOf(money)),
    [money, several],
  );
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

const PRECIOS_CSV: CsvColumns<CambioDePrecio> = [
  ['Almacén', ({ almacen }) => almacen],
  ['Fecha', ({ fecha }) => fecha],
  ['Antes USD', ({ anterior }) => anterior],
  ['Nuevo USD', ({ nuevo }) => nuevo],
];

const pricesOf = (money: Money): readonly Column<CambioDePrecio>[] => [
  {
    title: 'Día',
    explain: 'El día del inventario en el que se vio el precio nuevo; al tocarlo, la hora.',
    card: 'titulo',
    cell: ({ fecha }) => <DayOf iso={fecha} what="Precio nuevo desde" />,
  },
  {
    title: 'Antes',
    unit: money.unit,
    explain: 'Precio anterior en KLK. En Bs, a la tasa de hoy.',
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
