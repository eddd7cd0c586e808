import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from './account.ts';
import { LocalPostgresError } from './local-postgres-error.ts';
import { isAlive, isServerRunning, readIfExists } from './postmaster.ts';
import { runProgram } from './run-program.ts';

/** An owner without a running server is taken to be starting one for this long; later its pid is another process's. */
const STARTING_MS = 60_000;

const ownerFile = (home: string): string => join(home, 'owner.pid');

/**
 * Makes this process the owner of the server in `home`. A server that outlived its owner (killed) is stopped first.
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

/** Gives the home up; the next start finds nothing to heal. */
export const releaseHome = (home: string): Promise<void> => rm(ownerFile(home), { force: true });

const isRecent = async (file: string): Promise<boolean> =>
  Date.now() - (await stat(file)).mtimeMs < STARTING_MS;
