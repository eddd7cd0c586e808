import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { chmod, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { mayUse, sharedTmpFolder } from './account.ts';
import type { Account } from './account.ts';
import { instancePaths } from './instance.ts';
import { LocalPostgresError } from './local-postgres-error.ts';
import { isAlive, isServerRunning, readIfExists } from './postmaster.ts';
import { runProgram } from './run-program.ts';

/**
 * The folder that holds everything of one server: `dataDir`, made if missing. When the account cannot enter it (a
 * checkout below a private folder), one under the temporary folder that is always the same for this `dataDir`.
 * @throws LocalPostgresError `CARPETA_AJENA`
 */
export async function openHome(
  dataDir: string,
  account: Account | undefined,
  onWarning: (message: string) => void,
): Promise<string> {
  const wanted = resolve(dataDir);
  await mkdir(wanted, { recursive: true });
  if (account === undefined) {
    [wanted, instancePaths(wanted).folder].forEach(refuseForeign);
    await chmod(wanted, 0o700);
    return wanted;
  }
  // Execute permission only: the account's files are in their own folder.
  await chmod(wanted, 0o711);
  if (mayUse(account, '-x', wanted)) return wanted;
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 16);
  const home = await sharedTmpFolder(account, `inventario-klk-${name}`);
  onWarning(
    `PostgreSQL no corre como root y la cuenta nobody no puede entrar en ${wanted}; sus datos van en ${home}`,
  );
  return home;
}

/** PostgreSQL must own its data. Not called for root, which changes the owner. */
function refuseForeign(folder: string): void {
  // Windows has no user ids: every file has 0.
  if (!existsSync(folder) || statSync(folder).uid === (process.getuid?.() ?? 0)) return;
  throw new LocalPostgresError(
    'CARPETA_AJENA',
    `${folder} es de otro usuario (¿de root?): bórrela o use su cuenta`,
  );
}

/** An owner without a running server may be starting one for this long; later its pid belongs to another process. */
const STARTING_MS = 60_000;

const ownerFile = (home: string): string => join(home, 'owner.pid');

/**
 * Makes this process the owner of the server in `home`. A server whose owner was killed is stopped first.
 * @throws LocalPostgresError `POSTGRES_EN_MARCHA` when the owner lives.
 */
export async function claimHome(
  home: string,
  data: string,
  binaries: string,
  account: Account | undefined,
): Promise<void> {
  const file = ownerFile(home);
  const owner = Number(await readIfExists(file));
  const running = await isServerRunning(data);
  if (owner !== process.pid && isAlive(owner) && (running || (await isRecent(file)))) {
    throw new LocalPostgresError(
      'POSTGRES_EN_MARCHA',
      `ya hay un PostgreSQL local en marcha (proceso ${owner}) con los datos de ${home}: ` +
        `termínelo primero; si ese proceso es otra cosa, borre ${file}`,
    );
  }
  if (running) {
    await runProgram(join(binaries, 'pg_ctl'), ['stop', '--pgdata', data, '--mode=fast'], home, account);
  }
  await writeFile(file, String(process.pid));
}

/** Removes this process as the owner. */
export const releaseHome = (home: string): Promise<void> => rm(ownerFile(home), { force: true });

const isRecent = async (file: string): Promise<boolean> =>
  Date.now() - (await stat(file)).mtimeMs < STARTING_MS;
