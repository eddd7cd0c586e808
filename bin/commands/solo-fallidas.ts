import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { askDatabase } from '../../lambdas/core/run/question.ts';
import { readNotLoaded } from '../queries/read-not-loaded.ts';
import type { DatabaseContext } from '../../lambdas/core/run/question.ts';
import type { AskedFlags } from '../program/flags.ts';

/**
 * A request for the active stores whose last attempt did not load them; undefined for none. Names them on standard error.
 * @throws PipelineError `BD_*`
 */
export async function requestNotLoaded(
  context: DatabaseContext,
  catalogo: readonly Tienda[],
): Promise<AskedFlags | undefined> {
  const activas = catalogo.filter(({ activa }) => activa);
  const codigos = activas.flatMap(({ almacenes }) => almacenes.map(({ codigo }) => codigo));
  const failed = new Set(await askDatabase(context, (client) => readNotLoaded(client, codigos)));
  const tiendas = activas.filter(({ almacenes }) => almacenes.some(({ codigo }) => failed.has(codigo)));
  if (tiendas.length === 0) {
    process.stderr.write('Ninguna tienda falló en su último intento: no hay nada que cargar\n');
    return undefined;
  }
  const names = tiendas.map(({ id, nombre }) => `${id} ${nombre}`);
  process.stderr.write(`No se cargaron en su último intento: ${names.join(', ')}\n`);
  return { dryRun: false, forzar: false, tiendas: tiendas.map(({ id }) => id) };
}
