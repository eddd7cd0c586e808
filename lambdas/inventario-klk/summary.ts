import { PipelineError } from '../core/errors/errors.ts';
import { estadoEjecucion, LockHeldElsewhere, startTimer } from '../core/run/summary.ts';
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
import type { StoreOutcome } from '../core/run/outcome.ts';

/** Row counts of one warehouse. `extraidos = validos + rechazados + duplicados`. */
export interface Conteos {
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
export interface ResumenAlmacen extends Conteos {
  readonly codigo: string;
  readonly estado: Estado;
  readonly ms: Readonly<Record<Fase, number>>;
  readonly error?: ErrorResumen;
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

/** The truth about one run: logged as `RESUMEN ETL`, returned by the handler, printed by the commands. */
export interface Resumen extends RunSummary {
  readonly totales: TotalesInventario;
  readonly tiendas: readonly ResumenTienda[];
}

export const SIN_CONTEOS: Conteos = {
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
export function startResumen(
  ejecucionId: string,
  { origen, dryRun }: Pick<RunRequest, 'origen' | 'dryRun'>,
): (outcome: Outcome<readonly ResumenTienda[]>) => Resumen {
  const readTimer = startTimer();
  return (outcome) => {
    const tiendas = 'length' in outcome ? outcome : [];
    return {
      ejecucionId,
      origen,
      dryRun,
      estado: outcome instanceof LockHeldElsewhere ? 'omitida' : estadoEjecucion(tiendas, dryRun),
      ...readTimer(),
      tiendas,
      totales: sumTotales(tiendas),
      ...(outcome instanceof PipelineError && {
        error: { codigo: outcome.codigo, mensaje: outcome.message },
      }),
      ...(outcome instanceof LockHeldElsewhere && { motivo: outcome.motivo }),
    };
  };
}

/** Whether the summary that an error carries is one of this pipeline's. */
export const isResumen = (resumen: RunSummary): resumen is Resumen => 'tiendas' in resumen;

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

/** Sums over the warehouses, and stores by state; a simulated store counts as neither loaded, failed nor omitted. */
function sumTotales(tiendas: readonly ResumenTienda[]): TotalesInventario {
  const almacenes = tiendas.flatMap((tienda) => tienda.almacenes);
  const sum = (key: keyof Conteos): number => almacenes.reduce((total, almacen) => total + almacen[key], 0);
  const count = (estado: ResumenTienda['estado']): number =>
    tiendas.filter((tienda) => tienda.estado === estado).length;
  return {
    tiendas: tiendas.length,
    cargadas: count('cargada'),
    fallidas: count('fallida'),
    omitidas: count('omitida'),
    extraidos: sum('extraidos'),
    rechazados: sum('rechazados'),
    inventario: sum('inventario'),
    historico: sum('historico'),
  };
}
