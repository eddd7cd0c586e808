import { PipelineError } from '../shared/errors.ts';
import type { CodigoError } from '../shared/errors.ts';

/** Who asked for a run. */
export type Origen = 'programada' | 'manual' | 'cli';

export type Fase = 'extraccion' | 'transformacion' | 'carga';

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

interface ErrorResumen {
  readonly codigo: CodigoError;
  readonly fase?: Fase;
  readonly mensaje: string;
}

/** What happened to one warehouse; `ms` are milliseconds per phase. */
export interface ResumenAlmacen extends Conteos {
  readonly codigo: string;
  readonly estado: 'cargado' | 'simulado' | 'fallido' | 'omitido';
  readonly ms: Readonly<Record<Fase, number>>;
  readonly error?: ErrorResumen;
}

export interface ResumenTienda {
  readonly id: string;
  readonly nombre: string;
  readonly estado: 'cargada' | 'simulada' | 'fallida' | 'omitida';
  readonly almacenes: readonly ResumenAlmacen[];
}

/** The truth about one run: logged as `RESUMEN ETL`, returned by the handler, printed by the commands. */
export interface Resumen {
  readonly ejecucionId: string;
  readonly origen: Origen;
  readonly dryRun: boolean;
  readonly estado: 'exitosa' | 'parcial' | 'fallida' | 'omitida' | 'simulada';
  readonly inicio: string;
  readonly fin: string;
  readonly duracionMs: number;
  readonly tiendas: readonly ResumenTienda[];
  readonly totales: Totales;
  /** Only when the run failed before any store. */
  readonly error?: ErrorResumen;
  /** Only when another run holds the lock: who, and since when. */
  readonly motivo?: string;
}

interface Totales {
  readonly tiendas: number;
  readonly cargadas: number;
  readonly fallidas: number;
  readonly omitidas: number;
  readonly extraidos: number;
  readonly rechazados: number;
  readonly inventario: number;
  readonly historico: number;
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

/** A store is `fallida` if any warehouse failed, else `omitida` if any was omitted, else loaded or simulated as they were. */
export function estadoTienda(almacenes: readonly ResumenAlmacen[]): ResumenTienda['estado'] {
  const some = (estado: ResumenAlmacen['estado']): boolean =>
    almacenes.some((almacen) => almacen.estado === estado);
  if (some('fallido')) return 'fallida';
  if (some('omitido')) return 'omitida';
  return some('simulado') ? 'simulada' : 'cargada';
}

/** What a run came to: its stores, the error that came before any, or whoever holds the lock. */
export type Outcome = readonly ResumenTienda[] | PipelineError | { readonly motivo: string };

/** Starts the clock of a run; the function returned makes the summary of what it came to. */
export function startResumen(
  ejecucionId: string,
  { origen, dryRun }: { readonly origen: Origen; readonly dryRun: boolean },
): (outcome: Outcome) => Resumen {
  const start = performance.now();
  const inicio = new Date();
  return (outcome) => {
    const duracionMs = Math.round(performance.now() - start);
    const tiendas = 'length' in outcome ? outcome : [];
    return {
      ejecucionId,
      origen,
      dryRun,
      estado: 'motivo' in outcome ? 'omitida' : estadoEjecucion(tiendas, dryRun),
      inicio: inicio.toISOString(),
      fin: new Date(inicio.getTime() + duracionMs).toISOString(),
      duracionMs,
      tiendas,
      totales: sumTotales(tiendas),
      ...(outcome instanceof PipelineError && {
        error: { codigo: outcome.codigo, mensaje: outcome.message },
      }),
      ...('motivo' in outcome && { motivo: outcome.motivo }),
    };
  };
}

/** `exitosa` when all stores loaded, `parcial` when some did, `fallida` when none; a dry run that is all well is `simulada`. */
function estadoEjecucion(tiendas: readonly ResumenTienda[], dryRun: boolean): Resumen['estado'] {
  const done = tiendas.filter(({ estado }) => estado === 'cargada' || estado === 'simulada').length;
  if (done === 0) return 'fallida';
  if (done < tiendas.length) return 'parcial';
  return dryRun ? 'simulada' : 'exitosa';
}

/** Sums over the warehouses, and stores by state; a simulated store counts as neither loaded, failed nor omitted. */
function sumTotales(tiendas: readonly ResumenTienda[]): Totales {
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
