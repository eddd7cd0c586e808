import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { startBin } from '../support/commands.ts';
import type { Started } from '../support/commands.ts';
import type { Row, Session } from '../support/database.ts';
import { ARTICULOS, useWorld } from '../support/world.ts';

const world = await useWorld();

beforeEach(() => world.reset());

const readRuns = (): Promise<Row[]> =>
  world.database.query('SELECT estado, error_codigo, fin IS NOT NULL AS cerrada FROM etl_ejecuciones');

/** How the command ended: its status, or the signal that ended it. */
async function ended(child: Started): Promise<unknown> {
  const closed: unknown[] = await once(child, 'close');
  return closed[0] ?? closed[1];
}

/** KLK is being asked: the run is under way. */
async function untilAsked(): Promise<void> {
  while (world.klk.requests.length === 0) await sleep(5);
}

/** From now on no run can be recorded, until the session ends. */
async function lockRuns(): Promise<Session> {
  const holder = await world.database.openSession();
  await holder.query('BEGIN; LOCK TABLE etl_ejecuciones');
  return holder;
}

describe('A run whose output is no longer read (`| head`, a dropped SSH session)', () => {
  it.each([
    ['both streams', ['stdout', 'stderr']],
    ['standard output', ['stdout']],
    ['standard error', ['stderr']],
  ] as const)('Without %s it loads, closes its row and exits 0', async (_title, streams) => {
    const child = startBin('etl', ['--tiendas', 'tienda_01'], world.env);
    for (const stream of streams) child[stream].destroy();
    for (const stream of [child.stdout, child.stderr]) stream.resume();

    expect(await ended(child)).toBe(0);
    expect(await readRuns()).toEqual([{ estado: 'exitosa', error_codigo: null, cerrada: true }]);
    expect(await world.database.query('SELECT count(*)::integer AS filas FROM inventario_actual')).toEqual([
      { filas: ARTICULOS },
    ]);
  });

  it('When the terminal hangs up it loads, closes its row and exits 0', async () => {
    world.klk.setFault('APP-TPF', 'lenta');
    const child = startBin('etl', ['--tiendas', 'tienda_01'], world.env);
    await untilAsked();
    for (const stream of [child.stdout, child.stderr]) stream.destroy();
    child.kill('SIGHUP');

    expect(await ended(child)).toBe(0);
    expect(await readRuns()).toEqual([{ estado: 'exitosa', error_codigo: null, cerrada: true }]);
  });
});

it.each([['estado'], ['historial'], ['rechazos', '--csv'], ['diagnostico'], ['--help']])(
  'A question whose output is not read to its end prints no error and exits 0: %s',
  async (...args) => {
    const child = startBin('etl', args, world.env);
    child.stdout.destroy();
    const [stderr, status] = await Promise.all([text(child.stderr), ended(child)]);

    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  },
);

describe('A run that is interrupted', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s makes it print one line, close its row as failed and exit %d', async (signal, status) => {
    world.klk.setFault('*', 'sin-cabeceras');
    const child = startBin('etl', [], world.env);
    const output = Promise.all([text(child.stdout), text(child.stderr)]);
    await untilAsked();
    child.kill(signal);
    const exited = await ended(child);
    const [stdout, stderr] = await output;

    expect({ exited, stdout }).toEqual({ exited: status, stdout: '' });
    const [last] = stderr.trimEnd().split('\n').slice(-1);
    expect(last).toMatch(/^Interrumpido: /);
    expect(stderr).not.toContain('INTERRUMPIDA');
    expect(await readRuns()).toEqual([{ estado: 'fallida', error_codigo: null, cerrada: true }]);
    expect(
      await world.database.query('SELECT DISTINCT estado, error_codigo FROM etl_ejecucion_almacenes'),
    ).toEqual([{ estado: 'omitido', error_codigo: 'INTERRUMPIDA' }]);
  });

  it('A Ctrl-C that npm sends on counts as the one that the terminal sent already', async () => {
    world.klk.setFault('*', 'sin-cabeceras');
    const child = startBin('etl', [], world.env);
    for (const stream of [child.stdout, child.stderr]) stream.resume();
    // Listened for from now on: it may end before the session below has.
    const end = ended(child);
    await untilAsked();
    const holder = await lockRuns();
    child.kill('SIGINT');
    await sleep(50);
    child.kill('SIGINT');
    await sleep(50);
    await holder.end();

    expect(await end).toBe(130);
    expect(await readRuns()).toEqual([{ estado: 'fallida', error_codigo: null, cerrada: true }]);
  });

  it('--json makes it print its summary', async () => {
    world.klk.setFault('*', 'sin-cabeceras');
    const child = startBin('etl', ['--json'], world.env);
    const output = Promise.all([text(child.stdout), text(child.stderr)]);
    await untilAsked();
    child.kill('SIGINT');

    expect(await ended(child)).toBe(130);
    expect(JSON.parse((await output)[0])).toMatchObject({ estado: 'fallida', totales: { omitidas: 5 } });
  });

  it('A second Ctrl-C ends it at once, and the next run closes its row', async () => {
    world.klk.setFault('*', 'sin-cabeceras');
    const child = startBin('etl', [], world.env);
    await untilAsked();
    const holder = await lockRuns();
    child.kill('SIGINT');
    for await (const chunk of child.stderr) if (String(chunk).includes('Interrumpido')) break;
    // Longer than the time within which two signals count as one press.
    await sleep(700);
    child.kill('SIGINT');
    expect(await ended(child)).toBe(130);
    await holder.end();
    expect(await readRuns()).toEqual([{ estado: 'en_curso', error_codigo: null, cerrada: false }]);

    world.klk.setFault('*', undefined);
    expect(await world.etl(['--tiendas', 'tienda_01'])).toMatchObject({ status: 0 });
    expect((await readRuns()).map(({ estado }) => estado).toSorted()).toEqual(['abandonada', 'exitosa']);
  });
});
