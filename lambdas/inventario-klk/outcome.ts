import type { CodigoError } from '../shared/errors.ts';
import { EjecucionFallida, EjecucionIncompleta } from './refusals.ts';
import { describeFailure, remedyFor, renderRemedy } from './remedy.ts';
import type { AskedRun, Place } from './remedy.ts';
import type { Resumen, ResumenTienda } from './summary.ts';

const DONE: ReadonlySet<Resumen['estado']> = new Set(['exitosa', 'simulada', 'omitida']);

/**
 * Returns the summary of a run that did all it was asked, or was left to another run.
 * @throws EjecucionFallida when it failed before any store; EjecucionIncompleta, naming stores, codes and remedies, otherwise. The
 * remedies' commands are those of `place`, and ask for what was `asked`, where it failed.
 */
export function concludeRun(resumen: Resumen, asked: AskedRun, place: Place): Resumen {
  if (DONE.has(resumen.estado)) return resumen;
  const { error } = resumen;
  if (error !== undefined) {
    throw new EjecucionFallida(describeFailure(error.codigo, error.mensaje, asked, place), resumen);
  }
  throw new EjecucionIncompleta(describe(resumen, asked, place), resumen);
}

function describe({ tiendas }: Resumen, asked: AskedRun, place: Place): string {
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

/** The stores of each code, so that a remedy is told once for all of them. */
function groupByCodigo(tiendas: readonly ResumenTienda[]): Map<CodigoError, Set<string>> {
  const groups = new Map<CodigoError, Set<string>>();
  for (const { id, almacenes } of tiendas) {
    for (const { error } of almacenes) {
      if (error !== undefined) groups.set(error.codigo, (groups.get(error.codigo) ?? new Set()).add(id));
    }
  }
  return groups;
}

function describeTienda({ id, nombre, almacenes }: ResumenTienda): string {
  const motivos = almacenes.flatMap(({ codigo, error }) =>
    error === undefined ? [] : [`${codigo} ${error.codigo} (${error.mensaje})`],
  );
  return `- ${id} ${nombre}: ${motivos.join('; ')}`;
}
