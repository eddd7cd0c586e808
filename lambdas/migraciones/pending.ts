import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Client } from 'pg';
import { PipelineError } from '../core/errors/errors.ts';

const SUFFIX = '.sql';

/**
 * The names of the migrations in a folder, in the order in which they are applied.
 * @throws PipelineError `MIGRACION_FALLIDA` when the folder cannot be read or holds none: the installation is incomplete
 */
export async function readMigrations(folder: URL): Promise<string[]> {
  const path = fileURLToPath(folder);
  const files = await readdir(path).catch((cause: unknown) => {
    throw new PipelineError(
      'MIGRACION_FALLIDA',
      `No se puede leer la carpeta de migraciones ${path} (${String(cause)}); no se tocó nada`,
      { cause },
    );
  });
  const names = files.filter((file) => file.endsWith(SUFFIX)).map((file) => file.slice(0, -SUFFIX.length));
  if (names.length === 0) {
    throw new PipelineError(
      'MIGRACION_FALLIDA',
      `La carpeta de migraciones ${path} no tiene ninguna; no se tocó nada`,
    );
  }
  return names.toSorted();
}

/**
 * The migrations that the database lacks. It may have newer ones.
 * @throws PipelineError `MIGRACION_FALLIDA` when it has others, or has them in another order
 */
export async function findPending(client: Client, available: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT name FROM public.migraciones ORDER BY run_on, id',
  );
  for (const [index, { name }] of rows.entries()) {
    const expected = available[index];
    if (expected !== undefined && expected !== name) {
      throw new PipelineError(
        'MIGRACION_FALLIDA',
        `La base tiene aplicada ${name} donde este programa trae ${expected}.sql: la migró otra versión del programa; no se tocó nada`,
      );
    }
  }
  return available.slice(rows.length);
}
