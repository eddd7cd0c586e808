import type { PipelineError } from '../core/errors/errors.ts';
import { countTiendas, estadoEjecucion, LEFT_OUT, startSummary } from '../core/run/summary.ts';
import type { ErrorResumen, EstadoTienda, Fase, Outcome, RunSummary, Totales } from '../core/run/summary.ts';
import type { OwnSums } from '../core/run/ejecucion.ts';
import type { StoreOutcome } from '../core/run/outcome.ts';
import type { Solicitud } from './event.ts';
import { sumDecimals } from './sum-decimals.ts';
import type { Tramo } from './tramo.ts';

/** Slices by outcome; an answer to those of `iguales` changed nothing. */
interface TramoCounts {
  readonly cargados: number;
  readonly iguales: number;
  readonly fallidos: number;
  /** Left for another run. */
  readonly pendientes: number;
}

/** Line counts. `extraidos = validos + rechazados + duplicados`. */
export interface LineCounts {
  readonly extraidos: number;
  readonly validos: number;
  readonly rechazados: number;
  readonly duplicados: number;
  readonly nuevas: number;
  readonly cambiadas: number;
  readonly retiradas: number;
}

/** What went wrong with one slice. */
interface ErrorTramo extends ErrorResumen {
  readonly dia: string;
  readonly desde: string;
  readonly hasta: string;
}

/** What happened to one store; `ms` are milliseconds per phase, summed over its slices. */
export interface ResumenTienda extends LineCounts {
  readonly id: string;
  readonly nombre: string;
  readonly estado: EstadoTienda;
  /** Days with a slice that was read or tried. */
  readonly dias: number;
  readonly tramos: TramoCounts;
  /** Of the slices read, USD, as decimal text. */
  readonly ventaUsd: string;
  readonly ms: Readonly<Record<Fase, number>>;
  /** At most `MAX_ERRORES`. */
  readonly errores: readonly ErrorTramo[];
}

/** Sums of a run over its stores. */
interface TotalesVentas extends Totales {
  readonly nuevas: number;
  readonly cambiadas: number;
  readonly retiradas: number;
  readonly tramos: TramoCounts;
  readonly ventaUsd: string;
}

/** The summary of one run: logged as `RESUMEN ETL VENTAS`, returned by the handler, printed by the commands. */
export interface Resumen extends RunSummary {
  /** The days asked for, where a person named them. */
  readonly desde?: string;
  readonly hasta?: string;
  readonly totales: TotalesVentas;
  readonly tiendas: readonly ResumenTienda[];
}

export const NO_LINES: LineCounts = {
  extraidos: 0,
  validos: 0,
  rechazados: 0,
  duplicados: 0,
  nuevas: 0,
  cambiadas: 0,
  retiradas: 0,
};

/** Errors that the summary of a store names, at most. */
const MAX_ERRORES = 20;

/** The outcome of one slice. */
export interface TramoOutcome {
  readonly tramo: Tramo;
  readonly estado: 'cargado' | 'igual' | 'simulado' | 'fallido';
  readonly lineas: LineCounts;
  /** Of the slice, USD, as decimal text; 0 unless it was read. */
  readonly ventaUsd: string;
  readonly ms: Readonly<Record<Fase, number>>;
  readonly error?: ErrorResumen;
}

/** Slices of a store that are left for another run. */
export interface Postponed {
  readonly tramos: number;
  /** The first that this run should have read: one of today, one of yesterday not read since it ended, or one that a person asked for. */
  readonly due: Tramo | undefined;
  /** Why they were left. */
  readonly reason: PipelineError;
}

/** The summary of one store. */
export function toResumenTienda(
  { id, nombre }: { readonly id: string; readonly nombre: string },
  outcomes: readonly TramoOutcome[],
  postponed: Postponed,
  dryRun: boolean,
): ResumenTienda {
  const count = (...estados: TramoOutcome['estado'][]): number =>
    outcomes.filter(({ estado }) => estados.includes(estado)).length;
  const sum = (key: keyof LineCounts): number =>
    outcomes.reduce((total, { lineas }) => total + lineas[key], 0);
  const ms = (fase: Fase): number => outcomes.reduce((total, outcome) => total + outcome.ms[fase], 0);
  const errores = [...outcomes.flatMap(toErrores), ...toPostponedError(postponed)];
  return {
    id,
    nombre,
    estado: estadoOf(errores, dryRun),
    dias: new Set(outcomes.map(({ tramo }) => tramo.dia)).size,
    tramos: {
      cargados: count('cargado', 'simulado'),
      iguales: count('igual'),
      fallidos: count('fallido'),
      pendientes: postponed.tramos,
    },
    extraidos: sum('extraidos'),
    validos: sum('validos'),
    rechazados: sum('rechazados'),
    duplicados: sum('duplicados'),
    nuevas: sum('nuevas'),
    cambiadas: sum('cambiadas'),
    retiradas: sum('retiradas'),
    ventaUsd: sumDecimals(outcomes.map(({ ventaUsd }) => ventaUsd)),
    ms: { extraccion: ms('extraccion'), transformacion: ms('transformacion'), carga: ms('carga') },
    errores: errores.slice(0, MAX_ERRORES),
  };
}

const toErrores = ({ tramo: { dia, desde, hasta }, error }: TramoOutcome): ErrorTramo[] =>
  error === undefined ? [] : [{ dia, desde, hasta, ...error }];

/** A slice left for another run is an error only if this run should have read it. */
function toPostponedError({ due, reason }: Postponed): ErrorTramo[] {
  if (due === undefined) return [];
  const { dia, desde, hasta } = due;
  return [{ dia, desde, hasta, codigo: reason.codigo, fase: 'extraccion', mensaje: reason.message }];
}

/** A store is `omitida` when only time was lacking. */
function estadoOf(errores: readonly ErrorTramo[], dryRun: boolean): EstadoTienda {
  if (errores.some(({ codigo }) => !LEFT_OUT.has(codigo))) return 'fallida';
  if (errores.length > 0) return 'omitida';
  return dryRun ? 'simulada' : 'cargada';
}

/** Starts the timer of a run; the function returned builds the summary. */
export function startResumen(
  ejecucionId: string,
  solicitud: Pick<Solicitud, 'origen' | 'dryRun' | 'desde' | 'hasta'>,
): (outcome: Outcome<readonly ResumenTienda[]>) => Resumen {
  const { desde, hasta } = solicitud;
  const summarize = startSummary(ejecucionId, solicitud, { estadoOf: estadoVentas, sumTotales });
  return (outcome) => ({
    ...summarize(outcome),
    ...(desde !== undefined && hasta !== undefined && { desde, hasta }),
  });
}

/** A run in which no store is complete but some slice was read is `parcial`. */
function estadoVentas(tiendas: readonly ResumenTienda[], dryRun: boolean): RunSummary['estado'] {
  const estado = estadoEjecucion(tiendas, dryRun);
  const read = tiendas.some(({ tramos }) => tramos.cargados + tramos.iguales > 0);
  return estado === 'fallida' && read ? 'parcial' : estado;
}

/** Whether the summary that an error carries is one of this pipeline's. */
export const isResumen = (resumen: RunSummary): resumen is Resumen =>
  'tiendas' in resumen && 'tramos' in resumen.totales;

/** The stores of a run with what went wrong in each, slice by slice. */
export const toStoreOutcomes = ({ tiendas }: Resumen): StoreOutcome[] =>
  tiendas.map(({ id, nombre, estado, errores }) => ({
    id,
    nombre,
    estado,
    errores: errores.map(({ dia, desde, hasta, codigo, mensaje }) => ({
      parte: `${dia} ${desde}-${hasta}`,
      dia,
      codigo,
      mensaje,
    })),
  }));

/** A run's sums as its row records them. */
export const toOwnSums = ({ totales }: Resumen): OwnSums => ({
  lineas_nuevas: totales.nuevas,
  lineas_cambiadas: totales.cambiadas,
  lineas_retiradas: totales.retiradas,
  tramos_leidos: totales.tramos.cargados + totales.tramos.iguales,
  tramos_fallidos: totales.tramos.fallidos,
  tramos_pendientes: totales.tramos.pendientes,
  venta_total: totales.ventaUsd,
});

/** Sums over the stores, and stores by state. */
function sumTotales(tiendas: readonly ResumenTienda[]): TotalesVentas {
  const sum = (key: 'extraidos' | 'rechazados' | 'nuevas' | 'cambiadas' | 'retiradas'): number =>
    tiendas.reduce((total, tienda) => total + tienda[key], 0);
  const sumTramos = (key: keyof TramoCounts): number =>
    tiendas.reduce((total, { tramos }) => total + tramos[key], 0);
  return {
    ...countTiendas(tiendas),
    extraidos: sum('extraidos'),
    rechazados: sum('rechazados'),
    nuevas: sum('nuevas'),
    cambiadas: sum('cambiadas'),
    retiradas: sum('retiradas'),
    tramos: {
      cargados: sumTramos('cargados'),
      iguales: sumTramos('iguales'),
      fallidos: sumTramos('fallidos'),
      pendientes: sumTramos('pendientes'),
    },
    ventaUsd: sumDecimals(tiendas.map(({ ventaUsd }) => ventaUsd)),
  };
}
