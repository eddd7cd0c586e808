import { ERRORES } from '../../lambdas/core/errors/codes.ts';
import type { CodigoError } from '../../lambdas/core/errors/codes.ts';
import { remedyFor } from '../../lambdas/core/errors/remedy.ts';
import type { Remedy } from '../../lambdas/core/errors/remedy.ts';
import type { QuestionContext } from '../../lambdas/core/run/question.ts';

/** What a remedy depends on: the catalogue, and where its commands are typed. */
export type Reader = Pick<QuestionContext, 'readCatalogo' | 'place'>;

/**
 * The remedy of an error code that was read from a table, for these stores. An older version may have written a code that no longer
 * exists, or loaded a store that is no longer active.
 */
export function remedyOf(
  codigo: string,
  tiendas: readonly string[],
  { readCatalogo, place }: Reader,
): Remedy {
  if (!isCodigo(codigo)) return { texto: 'Mire docs/errores.md.', comandos: [] };
  const activas = new Set(
    readCatalogo()
      .filter(({ activa }) => activa)
      .map(({ id }) => id),
  );
  const asked = [...new Set(tiendas)].filter((id) => activas.has(id));
  return remedyFor(codigo, { tiendas: asked, dryRun: false, forzar: false }, place);
}

const isCodigo = (codigo: string): codigo is CodigoError => Object.hasOwn(ERRORES, codigo);
