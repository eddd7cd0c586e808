import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { chmod, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LocalPostgresError } from './local-postgres-error.ts';

/** An operating system account, as `spawn` takes it. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** The account PostgreSQL runs as: `nobody` for root, which PostgreSQL refuses. `undefined` means our own. */
export function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const nobody = (flag: string): number => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: nobody('-u'), gid: nobody('-g') };
}

/** Whether the account may read or enter a path. The kernel decides, because mode bits miss ACLs and parent folders. */
export function mayUse(account: Account, right: '-r' | '-x', path: string): boolean {
  return spawnSync('test', [right, path], account).status === 0;
}

/** Makes the account the owner of a folder and its contents. */
export async function giveTo(account: Account, folder: string): Promise<void> {
  await promisify(execFile)('chown', ['-R', `${account.uid}:${account.gid}`, folder]);
}

/**
 * A folder of ours, kept between runs, that the account can enter.
 * @throws LocalPostgresError `CARPETA_AJENA` when another user owns it: its contents would run as the account.
 */
export async function sharedTmpFolder(account: Account, name: string): Promise<string> {
  // Some systems give root a private temporary folder.
  const folder = join(mayUse(account, '-x', tmpdir()) ? tmpdir() : '/tmp', name);
  await mkdir(folder, { recursive: true });
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new LocalPostgresError('CARPETA_AJENA', `${folder} es de otro usuario: bórrela`);
  }
  await chmod(folder, 0o755);
  return folder;
}
