import { randomBytes } from 'node:crypto';
import { request } from 'undici';
import { z } from 'zod';
import { CONSULTAS, createUser } from '../../lambdas/migraciones/create-user.ts';
import { sumSemanas } from '../../lambdas/migraciones/sum-semanas.ts';
import { diaAt } from '../../lambdas/core/time/dia.ts';
import { createTiendas } from '../chain.ts';
import { generateHistory } from '../growth/generate-history.ts';
import { generateVentas } from '../growth/generate-ventas.ts';
import { openLane } from '../lane.ts';
import { bundle, startProgram } from '../processes.ts';
import type { Program } from '../processes.ts';
import { toTargets } from '../report.ts';
import type { BenchServer } from '../server.ts';
import { atLeast, atMost, format } from '../target.ts';
import type { Target } from '../target.ts';
import { kindsAt, othersAt } from './requests.ts';
import type { Kind } from './requests.ts';

const STORES = 20;
const CLIENTS = 8;

/**
 * For so long each kind is asked before it is measured: the first answers fill the caches, and Node compiles what answers in a process during the first thousand (95 of
 * 100 answers of /ventas by store took up to 54 ms after 100 of them and 40 ms after 1,000).
 */
const WARM_UP_MS = 10_000;

/** Of each client and kind. */
const QUESTIONS = 50;

/** The status of a question that the database did not finish in five seconds: it counts with this time. */
const TOO_SLOW = 503;

const STEADY_MS = 5 * 60_000;

/** An API process for each client, as each request at a time has a Lambda sandbox of its own. */
interface Client {
  readonly program: Program;
  readonly url: string;
}

/** How fast the API answers over 100 million rows of each kind, and whether it stays so. */
export async function measureConsultas(server: BenchServer): Promise<string> {
  const lane = await openLane(server, 'ours', {});
  await lane.run();
  const { database } = lane;
  const versions = await generateHistory(database.owner);
  const lines = await generateVentas(database.owner, createTiendas(STORES));
  // As the daily task does.
  await sumSemanas(database.owner);
  // What the generators wrote is written out before anybody asks.
  await database.settle();
  const reader = {
    user: `consultas_${randomBytes(4).toString('hex')}`,
    password: randomBytes(16).toString('hex'),
  };
  await createUser(database.owner, CONSULTAS, reader);
  const file = `${server.loaderFile}.api.mjs`;
  await bundle('api-process.ts', file);
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const program = startProgram(file, ['--expose-gc']);
      const url = z.string().parse(await program.ask({ database: { ...database.owner, ...reader } }));
      return { program, url };
    }),
  );
  try {
    const hoy = diaAt(new Date());
    const targets = [];
    for (const kind of kindsAt(hoy)) targets.push(await measureKind(clients, kind));
    targets.push(await measureUnchanged(clients));
    const others = [];
    for (const kind of othersAt(hoy)) others.push(await measureKind(clients, kind));
    return [
      `**The API over ${format(versions)} versions of 24 months and ${format(lines)} sales lines of 14 months, ${CLIENTS} clients at once**`,
      toTargets([
        atLeast('100 million versions', versions / 1e6, 100, ' million'),
        atLeast('100 million lines', lines / 1e6, 100, ' million'),
        ...targets,
      ]),
      'Without a number of their own:',
      toTargets(others),
      await measureSteadiness(clients, kindsAt(hoy)),
    ].join('\n\n');
  } finally {
    for (const { program } of clients) await program.stop();
    await lane.close();
  }
}

const measureKind = (clients: readonly Client[], { what, withinMs, path }: Kind): Promise<Target> =>
  measure(clients, what, withinMs, ({ url }, n) => timeAnswer(`${url}${path(n)}`, [200, TOO_SLOW]));

/** Data that have not changed since the answer whose ETag is sent; every client's API answers with the same. */
async function measureUnchanged(clients: readonly Client[]): Promise<Target> {
  const path = '/existencias?tienda=tienda_07';
  const { headers, body } = await request(`${clients[0]?.url}${path}`);
  await body.dump();
  const unchanged = { 'If-None-Match': z.string().parse(headers['etag']) };
  return measure(clients, 'an answer that has not changed', 10, ({ url }) =>
    timeAnswer(`${url}${path}`, [304], unchanged),
  );
}

/** `ask` asks a client's API the n-th question of this kind, and returns the time of the answer in ms. */
async function measure(
  clients: readonly Client[],
  what: string,
  withinMs: number,
  ask: (client: Client, n: number) => Promise<number>,
): Promise<Target> {
  const times: number[] = [];
  const warm = performance.now() + WARM_UP_MS;
  await Promise.all(
    clients.map(async (client, index) => {
      let n = index;
      while (performance.now() < warm) await ask(client, (n += CLIENTS));
      for (let question = 0; question < QUESTIONS; question += 1)
        times.push(await ask(client, (n += CLIENTS)));
    }),
  );
  process.stderr.write(`${what}: ${format(quantile(times, 0.95))} ms\n`);
  return atMost(
    `${what}: 95 of 100 under ${withinMs} ms (median ${format(quantile(times, 0.5))})`,
    quantile(times, 0.95),
    withinMs,
    ' ms',
  );
}

/** Milliseconds until the whole answer is there. Fails on any other status. Not by `fetch`: it takes twice the processor time, and the API and PostgreSQL share these processors. */
async function timeAnswer(
  url: string,
  statuses: readonly number[] = [200],
  headers: Record<string, string> = {},
): Promise<number> {
  const start = performance.now();
  const { statusCode, body } = await request(url, { headers });
  const text = await body.text();
  if (!statuses.includes(statusCode)) throw new Error(`${url}: ${statusCode} ${text}`);
  return performance.now() - start;
}

/** All kinds in turn for five minutes: no error, and no more memory at the end than after the first minute. */
async function measureSteadiness(clients: readonly Client[], kinds: readonly Kind[]): Promise<string> {
  const end = performance.now() + STEADY_MS;
  let answers = 0;
  const memory = async (): Promise<number> => {
    const each = await Promise.all(clients.map(({ program }) => program.ask('memory')));
    return Math.max(...z.array(z.number()).parse(each));
  };
  const ask = async (until: number): Promise<void> => {
    await Promise.all(
      clients.map(async ({ url }, client) => {
        for (let n = client; performance.now() < until; n += 1) {
          const kind = kinds[n % kinds.length];
          if (kind !== undefined) await timeAnswer(`${url}${kind.path(n)}`);
          answers += 1;
        }
      }),
    );
  };
  await ask(end - STEADY_MS * 0.8);
  const early = await memory();
  await ask(end);
  const late = await memory();
  return [
    `${format(answers)} answers in five minutes, none of them an error.`,
    toTargets([atMost('memory held after five minutes against one', late / early, 1.1, ' x')]),
  ].join('\n\n');
}

function quantile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
