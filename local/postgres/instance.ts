import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { giveTo } from './account.ts';
import type { Account } from './account.ts';
import { issueCertificates } from './certificates.ts';
import { runProgram } from './run-program.ts';

/** The superuser that initdb creates. */
export const SUPERUSER = 'postgres';

/** What is created once and kept between runs, all in one folder, so that a rename makes it complete. */
export interface InstancePaths {
  readonly folder: string;
  /** PostgreSQL's own data folder. */
  readonly data: string;
  readonly passwordFile: string;
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** The paths of the instance in a home. */
export const instancePaths = (home: string): InstancePaths => pathsIn(join(home, 'instancia'));

const pathsIn = (folder: string): InstancePaths => ({
  folder,
  data: join(folder, 'data'),
  passwordFile: join(folder, 'password'),
  caFile: join(folder, 'ca.pem'),
  certFile: join(folder, 'server.crt'),
  keyFile: join(folder, 'server.key'),
});

/** Creates the instance if there is none. An incomplete one is deleted first. */
export async function ensureInstance(
  paths: InstancePaths,
  binaries: string,
  account: Account | undefined,
): Promise<void> {
  if (!existsSync(paths.folder)) {
    const partial = pathsIn(`${paths.folder}.incompleta`);
    await rm(partial.folder, { recursive: true, force: true });
    await mkdir(partial.folder, { mode: 0o700 });
    await writeSecrets(partial);
    if (account) await giveTo(account, partial.folder);
    await initialise(partial, binaries, account);
    await rename(partial.folder, paths.folder);
  }
  // An earlier run may have used another account.
  if (account) await giveTo(account, paths.folder);
}

async function writeSecrets({ passwordFile, caFile, certFile, keyFile }: InstancePaths): Promise<void> {
  const { ca, cert, key } = await issueCertificates();
  await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  await writeFile(keyFile, key, { mode: 0o600 });
  await writeFile(caFile, ca);
  await writeFile(certFile, cert);
}

async function initialise(
  { folder, data, passwordFile }: InstancePaths,
  binaries: string,
  account: Account | undefined,
): Promise<void> {
  // Like RDS. Without a locale in the environment, initdb would choose SQL_ASCII.
  const locale = ['--encoding=UTF8', '--locale=C'];
  const login = ['--username', SUPERUSER, '--pwfile', passwordFile, '--auth=scram-sha-256'];
  await runProgram(join(binaries, 'initdb'), ['--pgdata', data, ...locale, ...login], folder, account);
}
