import { once } from 'node:events';
import type { LocalEnvironment } from '../../local/environment.ts';

/** Keeps PostgreSQL and KLK up until Ctrl-C, after printing the variables with which `etl` reaches them. */
export async function serve({ database, klk }: LocalEnvironment, interrupted: AbortSignal): Promise<void> {
  const variables = {
    KLK_URL: klk.baseUrl,
    POSTGRES_HOST: database.host,
    POSTGRES_PORT: database.port,
    POSTGRES_DB: database.database,
    POSTGRES_USER: database.user,
    POSTGRES_PASSWORD: database.password,
  };
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${value}\n`);
  process.stdout.write(lines.join(''));
  process.stderr.write('PostgreSQL y el simulador de KLK están en marcha; Ctrl-C los detiene.\n');
  // A terminal that hangs up is the end of whoever wanted it.
  await Promise.race([once(interrupted, 'abort'), once(process, 'SIGHUP')]);
}
