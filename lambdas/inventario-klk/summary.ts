import { countTiendas, estadoEjecucion, startSummary } from '../core/run/summary.ts';
import type {
  ErrorResumen,
  Estado,
  EstadoTienda,
  Fase,
  Outcome,
  RunRequest,
  RunSummary,
  Totales,
} from '../core/run/summary.ts';
import type { Almacen, Tienda } from '../core/config/catalogo.ts';
import type { CodigoError } from '../core/errors/codes.ts';
import type { StoreOutcome } from '../core/run/outcome.ts';
import type { Rechazo } from './transform/transform-inventario.ts';

/** Row counts of one warehouse. `extraidos = validos + rechazados + duplicados`. */
export interface RowCounts {
  readonly extraidos: number;
  readonly validos: number;
  readonly rechazados: number;
  readonly duplicados: number;
  readonly productosNuevos: number;
  readonly productosActualizados: number;
  /** Rows of the warehouse after the commit. */
  readonly inventario: number;
  /** Rows kept because their article was rejected. */
  readonly conservados: number;
  /** Rows removed because their article is gone. */
  readonly retirados: number;
  /** Versions closed: of articles that changed or are gone. */
  readonly historico: number;
}

/** What happened to one warehouse; `ms` are milliseconds per phase. */
export interface ResumenAlmacen extends RowCounts {
  readonly codigo: string;
  readonly estado: Estado;
  readonly ms: Readonly<Record<Fase, number>>;
  readonly error?: ErrorResumen;
}

/** A warehouse of the catalogue, with its store. */
export interface Job {
  readonly tienda: Tienda;
  readonly almacen: Almacen;
}

/** What happened to one warehouse, and the rows of it that were rejected. */
export interface Processed {
  readonly resumen: ResumenAlmacen;
  readonly rechazos: readonly Rechazo[];
  /** The suspicions that a person overruled by naming the store. */
  readonly forzados: readonly CodigoError[];
  /** Articles whose price changed. */
  readonly preciosCambiados: number;
}

export interface ResumenTienda {
  readonly id: string;
  readonly nombre: string;
  readonly estado: EstadoTienda;
  readonly almacenes: readonly ResumenAlmacen[];
}

/** Sums of a run over its warehouses. */
interface TotalesInventario extends Totales {
  readonly inventario: number;
  readonly historico: number;
}

/** The summary of one run: logged as `RESUMEN ETL`, returned by the handler, printed by the commands. */
export interface Resumen extends RunSummary {
  readonly totales: TotalesInventario;
  readonly tiendas: readonly ResumenTienda[];
}

export const NO_COUNTS: RowCounts = {
  extraidos: 0,
  validos: 0,
  rechazados: 0,
  duplicados: 0,
  productosNuevos: 0,
  productosActualizados: 0,
  inventario: 0,
  conservados: 0,
  retirados: 0,
  historico: 0,
};

/** Starts the timer of a run; the function returned builds the summary. */
export const startResumen = (
  ejecucionId: string,
  solicitud: Pick<RunRequest, 'origen' | 'dryRun'>,
): ((outcome: Outcome<readonly ResumenTienda[]>) => Resumen) =>
  startSummary(ejecucionId, solicitud, { estadoOf: estadoEjecucion, sumTotales });

/** Whether the summary that an error carries is one of this pipeline's. */
export const isResumen = (resumen: RunSummary): resumen is Resumen =>
  'tiendas' in resumen && 'inventario' in resumen.totales;

/** The stores of a run with what went wrong in each, warehouse by warehouse. */
export const toStoreOutcomes = ({ tiendas }: Resumen): StoreOutcome[] =>
  tiendas.map(({ id, nombre, estado, almacenes }) => ({
    id,
    nombre,
    estado,
    errores: almacenes.flatMap(({ codigo: parte, error }) =>
      error === undefined ? [] : [{ parte, codigo: error.codigo, mensaje: error.mensaje }],
    ),
  }));

/** Sums over the warehouses, and stores by state. */
function sumTotales(tiendas: readonly ResumenTienda[]): TotalesInventario {
  const almacenes = tiendas.flatMap((tienda) => tienda.almacenes);
  const sum = (key: keyof RowCounts): number => almacenes.reduce((total, almacen) => total + almacen[key], 0);
  return {
    ...countTiendas(tiendas),
    extraidos: sum('extraidos'),
    rechazados: sum('rechazados'),
    inventario: sum('inventario'),
    historico: sum('historico'),
  };
}
