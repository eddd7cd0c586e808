import type { CodigoError } from '../errors/codes.ts';
import { describeFailure, remedyFor, renderRemedy } from '../errors/remedy.ts';
import type { AskedRun, Place } from '../errors/remedy.ts';
import type { EstadoTienda, RunSummary } from './summary.ts';

/** A run that did not load every store; carries its summary. Named for the operators who read it. */
export abstract class EjecucionNoCompleta extends Error {
  readonly resumen: RunSummary;

  constructor(mensaje: string, resumen: RunSummary) {
    super(mensaje);
    this.resumen = resumen;
  }
}

/** Some store was not loaded; the others were. */
export class EjecucionIncompleta extends EjecucionNoCompleta {
  override readonly name = 'EjecucionIncompleta';
}

/** The run failed before any store. The summary's `error` says why. */
export class EjecucionFallida extends EjecucionNoCompleta {
  override readonly name = 'EjecucionFallida';
}

/** A store of a run and its errors. `parte` is the unit that the pipeline loads, such as a warehouse. */
export interface StoreOutcome {
  readonly id: string;
  readonly nombre: string;
  readonly estado: EstadoTienda;
  readonly errores: readonly {
    readonly parte: string;
    readonly codigo: CodigoError;
    readonly mensaje: string;
  }[];
}

const DONE: ReadonlySet<RunSummary['estado']> = new Set(['exitosa', 'simulada', 'omitida']);

/**
 * Returns the summary of a run that loaded every store, or that another run prevented.
 * @throws EjecucionFallida when it failed before any store; EjecucionIncompleta otherwise, naming stores, codes and remedies. The
 * remedies' commands are for `place`, and repeat what was `asked` for the stores that failed.
 */
export function requireComplete<Summary extends RunSummary>(
  resumen: Summary,
  tiendas: readonly StoreOutcome[],
  asked: AskedRun,
  place: Place,
): Summary {
  if (DONE.has(resumen.estado)) return resumen;
  const { error } = resumen;
  if (error !== undefined) {
    throw new EjecucionFallida(describeFailure(error.codigo, error.mensaje, asked, place), resumen);
  }
  throw new EjecucionIncompleta(describe(tiendas, asked, place), resumen);
}

function describe(tiendas: readonly StoreOutcome[], asked: AskedRun, place: Place): string {
  const pending = tiendas.filter(({ estado }) => estado === 'fallida' || estado === 'omitida');
  const remedios = [...groupByCodigo(pending)].map(
    ([codigo, ids]) =>
      `${codigo}: ${renderRemedy(remedyFor(codigo, { ...asked, tiendas: [...ids] }, place))}`,
  );
  const head =
    pending.length === 1
      ? `1 de ${tiendas.length} tiendas no quedó cargada`
      : `${pending.length} de ${tiendas.length} tiendas no quedaron cargadas`;
  return [head, ...pending.map(describeTienda), ...remedios].join('\n');
}

/** The stores of each code, so that each remedy is given once for all of them. */
function groupByCodigo(tiendas: readonly StoreOutcome[]): Map<CodigoError, Set<string>> {
  const groups = new Map<CodigoError, Set<string>>();
  for (const { id, errores } of tiendas) {
    for (const { codigo } of errores) groups.set(codigo, (groups.get(codigo) ?? new Set()).add(id));
  }
  return groups;
}

function describeTienda({ id, nombre, errores }: StoreOutcome): string {
  const motivos = errores.map(({ parte, codigo, mensaje }) => `${parte} ${codigo} (${mensaje})`);
  return `- ${id} ${nombre}: ${motivos.join('; ')}`;
}
