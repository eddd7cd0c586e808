import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { hrefOf } from '../address.ts';
import { isDescuadres } from '../answers.ts';
import type { FilaDescuadre, Negativa, DescuadresAnswer } from '../answers.ts';
import { ARTICLE_CSV, Difference, Quantity, articleColumns, keyOfArticle } from '../cells.tsx';
import { RowsCsvButton } from '../csv.tsx';
import type { CsvColumns } from '../csv.tsx';
import { Explain, Moment } from '../explain.tsx';
import { Filters, PeriodFilter, StoreFilter, periodOf, useParameters } from '../filters.tsx';
import { addDias, count, toDia, toPeriod } from '../format.ts';
import { List } from '../list.tsx';
import type { Empty } from '../list.tsx';
import { useMoney } from '../money.ts';
import type { Money } from '../money.ts';
import { useNow } from '../now.ts';
import { Page } from '../page.tsx';
import { useOneStore, useTiendas } from '../people.ts';
import { Stamp } from '../stamp.tsx';
import { Table } from '../table.tsx';
import type { Column } from '../table.tsx';
import { useList } from '../use-answer.ts';

const PERIODS = [
  { label: 'Ayer', days: 1 },
  { label: '3 días', days: 3 },
  { label: '7 días', days: 7 },
];
/** The longest period that the API answers for one store. For several it limits the days summed over the stores. */
const MAX_DAYS = 7;
const MAX_STORE_DAYS = 20;

const maxDaysOf = (stores: number): number =>
  Math.max(1, Math.min(MAX_DAYS, Math.floor(MAX_STORE_DAYS / stores)));

export function Descuadres(): JSX.Element {
  const parameters = useParameters(['tienda', 'desde', 'hasta']);
  const path = hrefOf('/descuadres', parameters);
  const asked = useList(path, isDescuadres);
  const value = asked.shown?.value;
  const money = useMoney(value?.tasa);
  const yesterday = addDias(toDia(useNow()), -1);
  const { desde, hasta } = periodOf(parameters, yesterday);
  const { tienda } = parameters;
  const store = useOneStore(tienda);
  const stores = useTiendas().length;
  const maxDays = maxDaysOf(tienda === undefined && stores > 0 ? stores : 1);
  const { filas } = asked;
  const columns = useMemo(() => columnsOf(filas, money, store !== undefined), [filas, money, store]);
  return (
    <Page
      title={store === undefined ? 'Descuadres' : `Descuadres en ${store}`}
      lead="Donde el cambio de la existencia no se explica con lo vendido: llegó mercancía, falta, o hay un error."
    >
      <Filters>
        <StoreFilter />
        <PeriodFilter
          desde={desde}
          hasta={hasta}
          last={yesterday}
          periods={PERIODS.filter(({ days }) => days <= maxDays)}
          maxDays={maxDays}
        />
      </Filters>
      <Stamp asked={asked} />
      <p class="comparados suave">
        {value === undefined ? null : (
          <>
            {comparedOf(value.intervalos)} <Explain title="Comparaciones" content={<p>{COMPARED}</p>} />
          </>
        )}
      </p>
      <List
        asked={asked}
        columns={columns}
        caption={`Lo que no cuadra, ${toPeriod(desde, hasta)}`}
        path={path}
        keyOf={keyOfArticle}
        empty={emptyOf(value?.intervalos)}
      />
      {value === undefined ? null : (
        <Negativas negativas={value.negativas} tienda={tienda} isOneStore={store !== undefined} />
      )}
    </Page>
  );
}

type Intervalos = DescuadresAnswer['intervalos'];

/** What it means that no article disagrees: it was compared, in part or not at all. */
function emptyOf(intervalos: Intervalos | undefined): Empty {
  const { comparados = 0, sinComparar = 0 } = intervalos ?? {};
  if (comparados === 0) {
    return {
      title: 'No se pudo comparar nada',
      detail: (
        <>
          En esos días faltan inventarios o ventas: mire el calendario en <a href="/datos">Datos</a>, o elija
          otros días.
        </>
      ),
    };
  }
  return {
    title: sinComparar === 0 ? 'Todo cuadra' : 'Lo que se pudo comparar cuadra',
    detail: 'Donde se comparó, cada cambio de existencia se explica con sus ventas.',
  };
}

/** How much of the period could be compared at all. */
function comparedOf({ comparados, sinComparar }: Intervalos): string {
  const missing =
    sinComparar === 0 ? '' : `; ${count(sinComparar, 'vez', 'veces')} no se pudo, porque faltan ventas`;
  return `Se comparó ${count(comparados, 'vez', 'veces')} un inventario con el siguiente${missing}.`;
}

const COMPARED =
  'Entre dos inventarios seguidos de una tienda, la existencia de un artículo debería bajar lo que se vendió. Lo demás es la diferencia. Solo se compara donde las ventas de ese tiempo se leyeron enteras.';

const columnsOf = (
  filas: readonly FilaDescuadre[],
  money: Money,
  isOneStore: boolean,
): readonly Column<FilaDescuadre>[] => [
  ...articleColumns(filas, isOneStore),
  {
    title: 'Antes',
    explain: 'Existencia en el inventario anterior al primer cambio.',
    numeric: true,
    cell: ({ antes, unidad }) => <Quantity value={antes} unit={unidad} />,
  },
  {
    title: 'Vendido',
    explain: 'Cantidad vendida entre el inventario de antes y el de después.',
    numeric: true,
    cell: ({ vendido, unidad }) => <Quantity value={vendido} unit={unidad} />,
  },
  {
    title: 'Después',
    explain: 'Existencia en el inventario del último cambio.',
    numeric: true,
    cell: ({ despues, unidad }) => <Quantity value={despues} unit={unidad} />,
  },
  {
    title: 'Diferencia',
    explain:
      'Después menos antes más vendido. Con +, llegó mercancía; con −, falta. Si algún inventario del medio no se pudo comparar, lo que cambió en él no está.',
    numeric: true,
    cell: ({ diferencia, unidad }) => (
      <strong>
        <Difference value={diferencia} unit={unidad} />
      </strong>
    ),
  },
  {
    title: 'Valor',
    unit: money.unit,
    explain:
      'La diferencia por el precio que el artículo tiene ahora. Las filas van de la que más vale a la que menos, llegue o falte.',
    numeric: true,
    cell: ({ usd }) => money.cents(usd),
  },
];

function Negativas({
  negativas,
  tienda,
  isOneStore,
}: {
  readonly negativas: readonly Negativa[];
  readonly tienda: string | undefined;
  readonly isOneStore: boolean;
}): JSX.Element {
  const columns = useMemo(() => negativasOf(negativas, isOneStore), [negativas, isOneStore]);
  return (
    <section>
      <div class="herramientas">
        <h2>Existencias negativas</h2>
        <RowsCsvButton name="negativas" columns={NEGATIVAS_CSV} filas={negativas} />
      </div>
      {negativas.length === 0 ? (
        <p class="suave">Ningún artículo está por debajo de cero.</p>
      ) : (
        <Table
          caption="Artículos por debajo de cero, y la factura que los llevó ahí"
          columns={columns}
          filas={negativas}
          keyOf={keyOfArticle}
        />
      )}
      {negativas.length < MAX_NEGATIVAS ? null : (
        <p>
          Son las {MAX_NEGATIVAS} que más valen. Hay más:{' '}
          <a href={hrefOf('/existencias', { tienda, estado: 'negativo' })}>todas las existencias negativas</a>
          .
        </p>
      )}
    </section>
  );
}

/** The API sends at most so many. */
const MAX_NEGATIVAS = 100;

const NEGATIVAS_CSV: CsvColumns<Negativa> = [
  ...ARTICLE_CSV,
  ['Existencia', ({ cantidad }) => cantidad],
  ['Unidad', ({ unidad }) => unidad],
  ['Negativa desde', ({ desde }) => desde],
  ['Factura', ({ factura }) => factura?.numero],
  ['Fecha de la factura', ({ factura }) => factura?.momento],
  ['Cantidad de la factura', ({ factura }) => factura?.cantidad],
];

const negativasOf = (negativas: readonly Negativa[], isOneStore: boolean): readonly Column<Negativa>[] => [
  ...articleColumns(negativas, isOneStore),
  {
    title: 'Existencia',
    explain: 'Lo que KLK dice que hay: se facturó más de lo que el sistema creía tener.',
    numeric: true,
    cell: ({ cantidad, unidad }) => <Quantity value={cantidad} unit={unidad} />,
  },
  {
    title: 'Negativa desde',
    explain: 'Desde qué inventario está por debajo de cero sin interrupción.',
    numeric: true,
    cell: ({ desde }) => <Moment iso={desde} what="Negativa desde" />,
  },
  {
    title: 'Factura',
    explain:
      'La última venta de ese artículo hasta quedar en negativo, en los ocho días de antes: su número, cuándo fue y cuánto llevó. Suele ser la que lo bajó de cero.',
    card: 'linea',
    cell: ({ factura, unidad }) =>
      factura === null ? (
        <span class="suave">no se conoce</span>
      ) : (
        <>
          {factura.numero}, <Moment iso={factura.momento} what={`Factura ${factura.numero}`} />,{' '}
          <Quantity value={factura.cantidad} unit={unidad} />
        </>
      ),
  },
];
