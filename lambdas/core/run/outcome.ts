import type { CodigoError } from '../errors/codes.ts';
import { describeFailure, remedyFor, renderRemedy } from './remedy.ts';
import type { AskedRun, Place } from './remedy.ts';
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
    /** Where it is of one day, `YYYY-MM-DD`: the remedy is for the days of its errors alone. */
    readonly dia?: string;
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
    ([codigo, failed]) => `${codigo}: ${renderRemedy(remedyFor(codigo, { ...asked, ...failed }, place))}`,
  );
  const head =
    pending.length === 1
      ? `1 de ${tiendas.length} tiendas no quedó cargada`
      : `${pending.length} de ${tiendas.length} tiendas no quedaron cargadas`;
  return [head, ...pending.map(describeTienda), ...remedios].join('\n');
}

/** The stores of each code and the first and last of its days, so that each remedy is given once for all of them. */
function groupByCodigo(
  tiendas: readonly StoreOutcome[],
): Map<CodigoError, Pick<AskedRun, 'tiendas' | 'desde' | 'hasta'>> {
  const errores = tiendas.flatMap((tienda) => tienda.errores.map((error) => ({ id: tienda.id, ...error })));
  return new Map(
    [...Map.groupBy(errores, ({ codigo }) => codigo)].map(([codigo, own]) => {
      const dias = own.flatMap(({ dia }) => dia ?? []).toSorted();
      const [desde, hasta] = [dias[0], dias.at(-1)];
      return [
        codigo,
        {
          tiendas: [...new Set(own.map(({ id }) => id))],
          ...(desde !== undefined && hasta !== undefined && { desde, hasta }),
        },
      ];
    }),
  );
}

function describeTienda({ id, nombre, errores }: StoreOutcome): string {
  const motivos = errores.map(({ parte, codigo, mensaje }) => `${parte} ${codigo} (${mensaje})`);
  return `- ${id} ${nombre}: ${motivos.join('; ')}`;
}
