import { isCodigoError } from '../../lambdas/core/errors/codes.ts';
import { remedyFor } from '../../lambdas/core/run/remedy.ts';
import type { AskedRun, Place, Remedy } from '../../lambdas/core/run/remedy.ts';
import type { Flujo } from '../../lambdas/core/run/flujo.ts';
import type { QuestionContext } from '../../lambdas/core/run/question.ts';

/** What a remedy depends on: the catalogue, and where its commands are typed. */
export type Reader = Pick<QuestionContext, 'readCatalogo' | 'place'>;

/** What failed, as a table records it; an empty list of stores means all. */
export type Fallido = Pick<AskedRun, 'tiendas' | 'flujo' | 'desde' | 'hasta'>;

/**
 * The remedy of an error code that was read from a table. An older version may have written a code that no longer exists, or loaded a
 * store that is no longer active.
 */
export function remedyOf(codigo: string, fallido: Fallido, { readCatalogo, place }: Reader): Remedy {
  if (!isCodigoError(codigo)) return { texto: 'Mire docs/errores.md.', comandos: [] };
  const activas = new Set(
    readCatalogo()
      .filter(({ activa }) => activa)
      .map(({ id }) => id),
  );
  const tiendas = [...new Set(fallido.tiendas)].filter((id) => activas.has(id));
  return remedyFor(codigo, { ...fallido, tiendas, dryRun: false, forzar: false }, place);
}

/** A command about one pipeline, typed where a person reads it. For a Lambda it is one of the programs for real systems. */
export function orderOf(place: Place, flujo: Flujo, ...args: readonly string[]): string {
  const program =
    'program' in place && place.program === 'local' ? 'local' : flujo === 'ventas' ? 'ventas' : 'etl';
  return ['npm run', program, ...(args.length === 0 ? [] : ['--', ...args])].join(' ');
}
