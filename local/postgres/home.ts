import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { mayUse, sharedTmpFolder } from './account.ts';
import type { Account } from './account.ts';
import { instancePaths } from './instance.ts';
import { LocalPostgresError } from './local-postgres-error.ts';

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
  // Passage only: what the account owns in here has its own folder.
  await chmod(wanted, 0o711);
  if (mayUse(account, '-x', wanted)) return wanted;
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 16);
  const home = await sharedTmpFolder(account, `inventario-klk-${name}`);
  onWarning(
    `PostgreSQL no corre como root y la cuenta nobody no puede entrar en ${wanted}; sus datos van en ${home}`,
  );
  return home;
}

/** PostgreSQL insists on owning its data. Root is not asked: it can give them away. */
function refuseForeign(folder: string): void {
  // On Windows, which has no user numbers, every file is of 0.
  if (!existsSync(folder) || statSync(folder).uid === (process.getuid?.() ?? 0)) return;
  throw new LocalPostgresError(
    'CARPETA_AJENA',
    `${folder} es de otro usuario (¿de root?): bórrela o use su cuenta`,
  );
}
