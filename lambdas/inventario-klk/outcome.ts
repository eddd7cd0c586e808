import { ERRORES } from '../shared/errors.ts';
import type { CodigoError } from '../shared/errors.ts';
import { EjecucionFallida, EjecucionIncompleta } from './refusals.ts';
import type { Resumen, ResumenTienda } from './summary.ts';

const DONE: ReadonlySet<Resumen['estado']> = new Set(['exitosa', 'simulada', 'omitida']);

/**
 * Returns the summary of a run that did all it was asked, or was left to another run.
 * @throws EjecucionFallida when it failed before any store; EjecucionIncompleta, naming stores, codes and remedies, otherwise.
 */
export function concludeRun(resumen: Resumen): Resumen {
  if (DONE.has(resumen.estado)) return resumen;
  const { error } = resumen;
  if (error !== undefined) {
    throw new EjecucionFallida(
      `${error.codigo}: ${error.mensaje}. ${ERRORES[error.codigo].remedio}`,
      resumen,
    );
  }
  throw new EjecucionIncompleta(describe(resumen), resumen);
}

function describe({ tiendas }: Resumen): string {
  const pending = tiendas.filter(({ estado }) => estado === 'fallida' || estado === 'omitida');
  const codigos = new Set(
    pending.flatMap(({ almacenes }) => almacenes.flatMap(({ error }) => error?.codigo ?? [])),
  );
  const lines = pending.map(describeTienda);
  const remedios = [...codigos].map((codigo: CodigoError) => `${codigo}: ${ERRORES[codigo].remedio}`);
  const head =
    pending.length === 1
      ? `1 de ${tiendas.length} tiendas no quedó cargada`
      : `${pending.length} de ${tiendas.length} tiendas no quedaron cargadas`;
  return [head, ...lines, ...remedios].join('\n');
}

function describeTienda({ id, nombre, almacenes }: ResumenTienda): string {
  const motivos = almacenes.flatMap(({ codigo, error }) =>
    error === undefined ? [] : [`${codigo} ${error.codigo} (${error.mensaje})`],
  );
  return `- ${id} ${nombre}: ${motivos.join('; ')}`;
}
