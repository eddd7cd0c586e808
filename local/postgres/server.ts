import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serverAccount } from './account.ts';
import type { Account } from './account.ts';
import { postgresBinaries } from './binaries.ts';
import { claimHome, releaseHome, openHome } from './home.ts';
import { SUPERUSER, ensureInstance, instancePaths } from './instance.ts';
import type { InstancePaths } from './instance.ts';
import { LocalPostgresError } from './local-postgres-error.ts';
import { readPostmaster } from './postmaster.ts';
import { SERVER_ENV, lastLines } from './run-program.ts';

/** Recovering from a kill takes seconds. */
const READY_WITHIN_MS = 60_000;
const POLL_MS = 25;

export interface StartOptions {
  /** Kept between runs: data, password, certificates, and `server.log` of the last run. */
  readonly dataDir: string;
  /** Server settings by name, https://www.postgresql.org/docs/16/runtime-config.html. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Default: any free port. */
  readonly port?: number;
  /** Called with a Spanish message when the data cannot be in `dataDir`. */
  readonly onWarning: (message: string) => void;
}

/** A running PostgreSQL 16 that speaks TLS and plain text on the loopback interface. */
export interface LocalPostgres {
  readonly host: 'localhost';
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: 'postgres';
  /** The authority that signed the server's certificate, as PEM text and as a file. */
  readonly ca: string;
  readonly caFile: string;
  /** Ends all sessions, and waits until the server is down. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL 16, as `nobody` when we are root. Await `stop()` before the process exits: an exit without it stops the server but
 * does not wait. The server of a killed process is stopped by the next start with this `dataDir`.
 * @throws LocalPostgresError
 */
export async function startPostgres(options: StartOptions): Promise<LocalPostgres> {
  const account = serverAccount();
  const binaries = await postgresBinaries(account);
  const home = await openHome(options.dataDir, account, options.onWarning);
  const paths = instancePaths(home);
  await claimHome(home, paths.data, binaries, account);
  try {
    await ensureInstance(paths, binaries, account);
    const port = options.port ?? (await findFreePort());
    const settings = { ...serverSettings(paths, port), ...options.settings };
    const server = await launch(home, binaries, paths.data, settings, account);
    const endWithUs = (): void => void server.kill('SIGINT');
    process.once('exit', endWithUs);
    return {
      host: 'localhost',
      port,
      user: SUPERUSER,
      password: await readFile(paths.passwordFile, 'utf8'),
      database: 'postgres',
      ca: await readFile(paths.caFile, 'utf8'),
      caFile: paths.caFile,
      async stop(): Promise<void> {
        process.off('exit', endWithUs);
        await shutDown(server);
        await releaseHome(home);
      },
    };
  } catch (error) {
    await releaseHome(home);
    throw error;
  }
}

const serverSettings = ({ certFile, keyFile }: InstancePaths, port: number): Record<string, string> => ({
  listen_addresses: '127.0.0.1',
  port: String(port),
  unix_socket_directories: '',
  ssl: 'on',
  ssl_cert_file: certFile,
  ssl_key_file: keyFile,
  // Like RDS, whatever the machine's time zone.
  timezone: 'UTC',
  log_timezone: 'UTC',
});

async function launch(
  home: string,
  binaries: string,
  data: string,
  settings: Readonly<Record<string, string>>,
  account: Account | undefined,
): Promise<ChildProcess> {
  const logFile = join(home, 'server.log');
  const log = await open(logFile, 'w', 0o600);
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(join(binaries, 'postgres'), ['-D', data, ...args], {
    cwd: home,
    env: SERVER_ENV,
    stdio: ['ignore', log.fd, log.fd],
    // Detached, so that the terminal's Ctrl-C does not end the server before the work that uses it.
    detached: true,
    ...account,
  });
  await once(server, 'spawn').finally(() => log.close());
  if (await becomesReady(server, data)) return server;
  await shutDown(server);
  const said = lastLines(await readFile(logFile, 'utf8'));
  throw new LocalPostgresError(
    'POSTGRES_NO_ARRANCA',
    `PostgreSQL no arrancó. El final de ${logFile}:\n${said}`,
  );
}

const isRunning = (server: ChildProcess): boolean => server.exitCode === null && server.signalCode === null;

async function becomesReady(server: ChildProcess, data: string): Promise<boolean> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (isRunning(server) && performance.now() < deadline) {
    const postmaster = await readPostmaster(data);
    if (postmaster?.pid === server.pid && postmaster?.ready === true) return true;
    await sleep(POLL_MS);
  }
  return false;
}

/** PostgreSQL's fast shutdown: sessions are ended, their transactions rolled back, the data written out. */
async function shutDown(server: ChildProcess): Promise<void> {
  if (!isRunning(server)) return;
  const exited = once(server, 'exit');
  server.kill('SIGINT');
  await exited;
}

/** A port that is free now: PostgreSQL cannot choose one itself. */
async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  await new Promise((closed) => probe.close(closed));
  if (address === null || typeof address === 'string') throw new TypeError('A TCP server has a port');
  return address.port;
}
