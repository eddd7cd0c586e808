import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { scheduledEvent } from '../../bin/program/invoke-locally.ts';
import { readCatalogo } from '../../lambdas/core/config/catalogo.ts';
import { MENSAJES_ALMACEN } from '../../lambdas/inventario-klk/log.ts';
import { createCheckout, runPasted, startBin } from '../support/commands.ts';
import { readDocument } from '../support/guide.ts';
import { listen } from '../support/network.ts';
import { allCommands, commandsIn } from './remedy-commands.ts';
import { useWorld } from '../support/world.ts';

/** A line of a program's output, with any other numbers. */
const toPattern = (line: string): string =>
  line
    .replaceAll(/[.(/)]/g, '\\$&')
    .replaceAll(/\d[\d,]*( ms)?/g, (number) => (number.endsWith('ms') ? '[\\d,]+ m?s' : '[\\d.,]+'))
    .replaceAll(/ {2,}|─+/g, (run) => `${run.charAt(0)}+`);

const world = await useWorld();
const { env } = world;
beforeEach(() => {
  world.klk.setFault('TANT', undefined);
});

describe('A command that npm run etl prints as a remedy', () => {
  beforeAll(() => world.etl([]));

  it.each(allCommands({ program: 'etl' }))('It works when it is pasted: %s', async (command) => {
    const { database: POSTGRES_DB, user, password } = world.database.admin;
    const admin = { ...env, POSTGRES_DB, POSTGRES_USER: user, POSTGRES_PASSWORD: password };
    const { status, stderr } = await runPasted(command, command === 'npm run migrate' ? admin : env);

    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: expect.not.stringMatching(/desconocid|sobran/),
    });
  });

  it.each(['ceros', 'encogida'] as const)(
    'It loads the snapshot that was refused as suspect: %s',
    async (fault) => {
      world.klk.setFault('TANT', fault);
      const { status, stderr } = await world.etl(['--tiendas', 'tienda_17']);
      const [command = ''] = commandsIn(stderr).slice(-1);
      expect({ status, command }).toEqual({
        status: 1,
        command: 'npm run etl -- --tiendas tienda_17 --forzar',
      });

      expect(await runPasted(command, env)).toMatchObject({ status: 0 });
    },
  );

  it.each([[['historial', '--tienda', 'tienda_01']], [['estado', '--json']], [['--solo-fallidas']]])(
    'It repeats the question that took too long: %j',
    async (args) => {
      const session = await world.database.openSession();
      await session.query(
        'BEGIN; LOCK TABLE etl_ejecuciones, etl_ejecucion_almacenes IN ACCESS EXCLUSIVE MODE',
      );
      const { stderr } = await world.etl(args, { ...env, ETL_SENTENCIA_MS: '1000' });
      await session.end();

      expect(commandsIn(stderr)).toEqual([`npm run etl -- ${args.join(' ')}`]);
    },
  );

  it('It repeats the question that KLK did not answer', async () => {
    const server = createServer((_request, response) => response.writeHead(503).end());
    const port = await listen(server);
    const { stderr } = await world.etl(['tiendas'], { ...env, KLK_URL: `http://127.0.0.1:${port}` });
    server.close();

    expect({ stderr, commands: commandsIn(stderr) }).toEqual({
      stderr: expect.stringMatching(/^KLK_SATURADA: /),
      commands: ['npm run etl -- tiendas'],
    });
  });

  it('It is the same in the history of the run', async () => {
    world.klk.setFault('TANT', 'vacia');
    await world.etl([]);
    const { stdout: list } = await world.etl(['historial']);
    const id = /^[0-9a-f]{8}/m.exec(list)?.[0] ?? '';
    const { stdout } = await world.etl(['historial', id]);

    expect(commandsIn(stdout)).toEqual(['npm run etl -- tiendas']);
  });
});

describe('A command that the Lambda names as a remedy', () => {
  const variables = { AWS_LAMBDA_FUNCTION_NAME: 'inventario-klk-prueba' };
  let folder: string;
  beforeAll(async () => {
    await world.reset();
    await world.invoke(scheduledEvent());
    // Stands in for the AWS CLI: prints its arguments, as the shell has taken them apart.
    folder = await mkdtemp(join(tmpdir(), 'inventario-klk-aws-'));
    await writeFile(join(folder, 'aws'), '#!/bin/sh\nprintf "%s\\n" "$@"\n');
    await chmod(join(folder, 'aws'), 0o755);
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** What the command sends to the Lambda. */
  async function payloadOf(command: string): Promise<unknown> {
    const { stdout } = await runPasted(`PATH=${folder}:$PATH; ${command}`, {});
    const words = stdout.trimEnd().split('\n');
    expect(words.slice(0, 2)).toEqual(['lambda', 'invoke']);
    expect(words[words.indexOf('--function-name') + 1]).toBe('inventario-klk-prueba');
    return JSON.parse(words[words.indexOf('--payload') + 1] ?? '');
  }

  it.each(allCommands({ region: 'us-east-1', functionName: 'inventario-klk-prueba' }))(
    'It invokes the Lambda with a valid event: %s',
    async (command) => {
      const { thrown } = await world.invoke(await payloadOf(command), { variables });

      expect(thrown).toBeUndefined();
    },
  );

  it.each([
    { accion: 'estado' },
    {},
    { tiendas: ['tienda_01'] },
    { tiendas: ['tienda_01'], forzar: true },
    { dryRun: true, tiendas: ['tienda_01'] },
  ])('It repeats the event that had no time: %j', async (event) => {
    const { thrown } = await world.invoke(event, { remainingMs: 1_500, variables });
    expect(String(thrown)).toMatch(/: SIN_TIEMPO: .+\. No dio tiempo/);
    const [command = ''] = commandsIn(String(thrown));

    expect(await payloadOf(command)).toEqual(event);
  });

  it('It loads the snapshot that was refused as suspect', async () => {
    world.klk.setFault('TANT', 'ceros');
    const { thrown } = await world.invoke({ tiendas: ['tienda_17'] }, { variables });
    const [command = ''] = commandsIn(String(thrown));

    expect(await world.invoke(await payloadOf(command), { variables })).toMatchObject({
      returned: { estado: 'exitosa', tiendas: [{ id: 'tienda_17' }] },
    });
  });
});

describe('A command that npm run local prints as a remedy', () => {
  let checkout: Awaited<ReturnType<typeof createCheckout>>;
  beforeAll(async () => {
    checkout = await createCheckout();
    // Naming the stores leaves out the sixty days of trade with which a plain first run begins.
    const activas = readCatalogo().filter(({ activa }) => activa);
    const tiendas = activas.map(({ id }) => id).join(' ');
    await runPasted(`npm run local -- --tiendas ${tiendas}`, {}, checkout.root);
  });
  afterAll(() => checkout.remove());

  it.each(allCommands({ program: 'local' }, [{ tiendas: ['tienda_17'], dryRun: false, forzar: false }]))(
    'It works when it is pasted: %s',
    async (command) => {
      expect(await runPasted(command, {}, checkout.root)).toMatchObject({ status: 0 });
    },
  );

  it('Without a fault, before and after, both pipelines load: tables for a person, one JSON summary for a program', async () => {
    const { status, stdout } = await runPasted('npm run -s local', {}, checkout.root);
    expect(status).toBe(0);
    for (const part of [
      'Ejecución exitosa en',
      'Ventas: ejecución exitosa en',
      'últimas líneas vendidas',
      'Cobertura de las ventas',
    ])
      expect(stdout).toContain(part);
    // The README shows the same lines, with other numbers.
    const sample = /```\n(Tienda [^`]*)\n```/.exec(readDocument('README.md'))?.[1] ?? '';
    const shown = sample.split('\n').filter((line) => line !== '…');
    expect(shown).toHaveLength(8);
    for (const line of shown) expect(stdout).toMatch(new RegExp(`^${toPattern(line)}$`, 'm'));
    const { stdout: json } = await runPasted('npm run -s local -- --json', {}, checkout.root);
    expect(JSON.parse(json)).toMatchObject({
      estado: 'exitosa',
      totales: { inventario: expect.any(Number) },
      ventas: { estado: 'exitosa', totales: { ventaUsd: expect.any(String) } },
    });
    const { stdout: calendar } = await runPasted('npm run -s local -- cobertura', {}, checkout.root);
    expect(calendar).toMatch(/^tienda_01 PERIFERICO .*\d+ de \d+$/m);
  });

  it('It is a command of the sales when the simulator has a fault of a branch', async () => {
    const { status, stderr } = await runPasted('npm run local -- --falla SUC001=sin-eco', {}, checkout.root);
    const [command = ''] = commandsIn(stderr);
    expect({ status, command }).toEqual({
      status: 1,
      command: 'npm run local -- sondeo --tienda tienda_01',
    });
    expect(await runPasted(command, {}, checkout.root)).toMatchObject({ status: 0 });
  });

  it('It is a command of npm run local when the simulator has a fault', async () => {
    const { status, stderr } = await runPasted('npm run local -- --falla TTZ=vacia', {}, checkout.root);

    expect({ status, commands: commandsIn(stderr) }).toEqual({
      status: 1,
      commands: ['npm run local -- tiendas'],
    });
  });

  it('npm run local stops its PostgreSQL and closes the run when it is interrupted', async () => {
    const child = startBin('local', ['--json', '--falla', 'TTZ=sin-cabeceras'], {}, checkout.root);
    for await (const chunk of child.stderr) if (String(chunk).includes(MENSAJES_ALMACEN.cargado)) break;
    child.kill('SIGINT');
    const closed: unknown[] = await once(child, 'close');

    expect(closed[0]).toBe(130);
    expect(existsSync(join(checkout.root, '.local', 'postgres', 'owner.pid'))).toBe(false);
    const { stdout } = await runPasted('npm run -s local -- historial --json', {}, checkout.root);
    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({ estado: 'parcial', errores: ['INTERRUMPIDA'] }),
    );
  });
});
