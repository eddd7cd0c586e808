import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import type { Account } from './account.ts';
import { LocalPostgresError } from './local-postgres-error.ts';

/** PostgreSQL's own messages and defaults must not depend on the terminal's language. */
export const SERVER_ENV = { ...process.env, LC_ALL: 'C' };

/**
 * Runs one of PostgreSQL's programs to its end as the account. It must be able to enter `cwd`.
 * @throws LocalPostgresError `POSTGRES_NO_ARRANCA` with the end of the program's output.
 */
export async function runProgram(
  file: string,
  args: readonly string[],
  cwd: string,
  account: Account | undefined,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    execFile(file, args, { cwd, env: SERVER_ENV, ...account }, (error, stdout, stderr) => {
      if (error === null) {
        resolve();
        return;
      }
      const said = lastLines(stderr || stdout || error.message);
      const mensaje = `${basename(file)} falló:\n${said}`;
      reject(new LocalPostgresError('POSTGRES_NO_ARRANCA', mensaje, { cause: error }));
    });
  });
}

/** The end of a program's output, where it says why it stopped. */
export const lastLines = (text: string): string => text.trimEnd().split('\n').slice(-20).join('\n');
