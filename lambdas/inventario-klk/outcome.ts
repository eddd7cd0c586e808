import type { CodigoError } from '../shared/errors.ts';
import { EjecucionFallida, EjecucionIncompleta } from './refusals.ts';
import { remedyFor, renderRemedy } from './remedy.ts';
import type { Place } from './remedy.ts';
import type { Resumen, ResumenTienda } from './summary.ts';

const DONE: ReadonlySet<Resumen['estado']> = new Set(['exitosa', 'simulada', 'omitida']);

/**
 * Returns the summary of a run that did all it was asked, or was left to another run.
 * @throws EjecucionFallida when it failed before any store; EjecucionIncompleta, naming stores, codes and remedies, otherwise. The
 * remedies' commands are those of `place`.
 */
export function concludeRun(resumen: Resumen, place: Place): Resumen {
  if (DONE.has(resumen.estado)) return resumen;
  const { error, dryRun } = resumen;
  if (error !== undefined) {
    const remedy = renderRemedy(remedyFor(error.codigo, { tiendas: [], dryRun }, place));
    throw new EjecucionFallida(`${error.codigo}: ${error.mensaje}. ${remedy}`, resumen);
  }
  throw new EjecucionIncompleta(describe(resumen, place), resumen);
}

function describe({ tiendas, dryRun }: Resumen, place: Place): string {
  const pending = tiendas.filter(({ estado }) => estado === 'fallida' || estado === 'omitida');
  const remedios = [...groupByCodigo(pending)].map(
    ([codigo, ids]) => `${codigo}: ${renderRemedy(remedyFor(codigo, { tiendas: [...ids], dryRun }, place))}`,
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
