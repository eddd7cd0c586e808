import { PipelineError } from '../errors/errors.ts';
import type { CodigoError } from '../errors/codes.ts';

/** Who asked for a run. */
export type Origen = 'programada' | 'manual' | 'cli';

/** The request of a run, whatever the pipeline. */
export interface RunRequest {
  readonly origen: Origen;
  /** Extract, transform and check, and write nothing. */
  readonly dryRun: boolean;
  /** Accept suspect snapshots of the stores named. */
  readonly forzar: boolean;
}

export type Fase = 'extraccion' | 'transformacion' | 'carga';

/** How one unit of work ended, such as a warehouse. */
export type Estado = 'cargado' | 'simulado' | 'fallido' | 'omitido';

/** The same of a store, which is feminine in Spanish. */
export type EstadoTienda = Estado extends infer E ? (E extends `${infer Stem}o` ? `${Stem}a` : never) : never;

/** Reasons to leave a part of a run that are not the part's own. */
export const LEFT_OUT: ReadonlySet<CodigoError> = new Set(['SIN_TIEMPO', 'INTERRUMPIDA']);

export interface ErrorResumen {
  readonly codigo: CodigoError;
  readonly fase?: Fase;
  readonly mensaje: string;
}

/** Stores by state and sums over the run, as every pipeline has them; each adds its own. */
export interface Totales {
  readonly tiendas: number;
  readonly cargadas: number;
  readonly fallidas: number;
  readonly omitidas: number;
  readonly extraidos: number;
  readonly rechazados: number;
}

/** What the summary of every pipeline's run says. Times are ISO 8601 UTC. */
export interface RunSummary {
  readonly ejecucionId: string;
  readonly origen: Origen;
  readonly dryRun: boolean;
  readonly estado: 'exitosa' | 'parcial' | 'fallida' | 'omitida' | 'simulada';
  readonly inicio: string;
  readonly fin: string;
  readonly duracionMs: number;
  readonly totales: Totales;
  /** Only when the run failed before any store. */
  readonly error?: ErrorResumen;
  /** Only when another run holds the lock: who, and since when. */
  readonly motivo?: string;
}

/** How a run ended: what it loaded, the error before any store, or who holds the lock. */
export type Outcome<Loaded> = Loaded | PipelineError | LockHeldElsewhere;

/** The run did nothing, because another one holds the lock. */
export class LockHeldElsewhere {
  readonly motivo: string;

  constructor(motivo: string) {
    this.motivo = motivo;
  }
}

/** What a summary says of the stores of a run. */
interface OfTiendas<Tienda, Sums extends Totales> {
  readonly estadoOf: (tiendas: readonly Tienda[], dryRun: boolean) => RunSummary['estado'];
  readonly sumTotales: (tiendas: readonly Tienda[]) => Sums;
}

/** Starts the timer of a run; the function returned builds the summary. */
export function startSummary<Tienda, Sums extends Totales>(
  ejecucionId: string,
  { origen, dryRun }: Pick<RunRequest, 'origen' | 'dryRun'>,
  { estadoOf, sumTotales }: OfTiendas<Tienda, Sums>,
): (
  outcome: Outcome<readonly Tienda[]>,
) => RunSummary & { readonly tiendas: readonly Tienda[]; readonly totales: Sums } {
  const readTimer = startTimer();
  return (outcome) => {
    const tiendas = 'length' in outcome ? outcome : [];
    return {
      ejecucionId,
      origen,
      dryRun,
      estado: outcome instanceof LockHeldElsewhere ? 'omitida' : estadoOf(tiendas, dryRun),
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

/** Starts a timer; the function returned reads its beginning, its end and its duration. */
function startTimer(): () => Pick<RunSummary, 'inicio' | 'fin' | 'duracionMs'> {
  const start = performance.now();
  const inicio = new Date();
  return () => {
    const duracionMs = Math.round(performance.now() - start);
    return {
      inicio: inicio.toISOString(),
      fin: new Date(inicio.getTime() + duracionMs).toISOString(),
      duracionMs,
    };
  };
}

/** A store is `fallida` if any part failed, else `omitida` if any was omitted, else `simulada` or `cargada`. */
export function estadoTienda(parts: readonly { readonly estado: Estado }[]): EstadoTienda {
  const some = (estado: Estado): boolean => parts.some((part) => part.estado === estado);
  if (some('fallido')) return 'fallida';
  if (some('omitido')) return 'omitida';
  return some('simulado') ? 'simulada' : 'cargada';
}

/** Stores by state; a simulated store counts as neither loaded, failed nor omitted. */
export function countTiendas(
  tiendas: readonly { readonly estado: EstadoTienda }[],
): Pick<Totales, 'tiendas' | 'cargadas' | 'fallidas' | 'omitidas'> {
  const count = (estado: EstadoTienda): number => tiendas.filter((tienda) => tienda.estado === estado).length;
  return {
    tiendas: tiendas.length,
    cargadas: count('cargada'),
    fallidas: count('fallida'),
    omitidas: count('omitida'),
  };
}

/** `exitosa` when all stores loaded, `parcial` when some did, `fallida` when none; a dry run without failures is `simulada`. */
export function estadoEjecucion(
  tiendas: readonly { readonly estado: EstadoTienda }[],
  dryRun: boolean,
): RunSummary['estado'] {
  const done = tiendas.filter(({ estado }) => estado === 'cargada' || estado === 'simulada').length;
  if (done === 0) return 'fallida';
  if (done < tiendas.length) return 'parcial';
  return dryRun ? 'simulada' : 'exitosa';
}
