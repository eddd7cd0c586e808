import { once } from 'node:events';
import { MENSAJES_ALMACEN } from '../../lambdas/inventario-klk/log.ts';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import { startEtlWorld } from '../support/etl-world.ts';
import type { EtlWorld } from '../support/etl-world.ts';
import { scheduledEvent } from '../../bin/commands/invoke-locally.ts';
import { startLambdaWorld } from '../support/lambda-world.ts';
import type { LambdaWorld } from '../support/lambda-world.ts';
import { createCheckout } from '../support/checkout.ts';
import type { Checkout } from '../support/checkout.ts';
import { allCommands, commandsIn } from '../support/remedies.ts';
import { runPasted, startBin } from '../support/run-bin.ts';
import { openSession } from '../support/session.ts';

// Every command is a process of its own, under npm.
jest.setTimeout(120_000);

const AddressSchema = z.object({ port: z.number() });

describe('a remedy that npm run etl prints', () => {
  let world: EtlWorld;
  let env: Record<string, string>;
  beforeAll(async () => {
    world = await startEtlWorld();
    env = { ...world.env };
    await world.etl([]);
  });
  beforeEach(() => {
    world.klk.setFault('TANT', undefined);
  });
  afterAll(() => world.close());

  it.each(allCommands({ program: 'etl' }))(
    'is a command that works when it is pasted: %s',
    async (command) => {
      const { database: POSTGRES_DB, user, password } = world.database.admin;
      const admin = { ...env, POSTGRES_DB, POSTGRES_USER: user, POSTGRES_PASSWORD: password };
      const { status, stderr } = await runPasted(command, command === 'npm run migrate' ? admin : env);

      expect({ status, stderr }).toEqual({
        status: 0,
        stderr: expect.not.stringMatching(/desconocid|sobran/),
      });
    },
  );

  it.each(['ceros', 'encogida'] as const)('accepts what was suspicious: %s', async (fault) => {
    world.klk.setFault('TANT', fault);
    const { status, stderr } = await world.etl(['--tiendas', 'tienda_17']);
    const [command = ''] = commandsIn(stderr).slice(-1);
    expect({ status, command }).toEqual({
      status: 1,
      command: 'npm run etl -- --tiendas tienda_17 --forzar',
    });

    expect(await runPasted(command, env)).toMatchObject({ status: 0 });
  });

  it.each([[['historial', '--tienda', 'tienda_01']], [['estado', '--json']], [['--solo-fallidas']]])(
    'repeats the question that took too long, and loads nothing: %j',
    async (args) => {
      const session = await openSession(world.database.admin);
      await session.query(
        'BEGIN; LOCK TABLE etl_ejecuciones, etl_ejecucion_almacenes IN ACCESS EXCLUSIVE MODE',
      );
      const { stderr } = await world.etl(args, { ...env, ETL_SENTENCIA_MS: '1000' });
      await session.end();

      expect(commandsIn(stderr)).toEqual([`npm run etl -- ${args.join(' ')}`]);
    },
  );

  it('repeats the question that KLK did not answer', async () => {
    const server = createServer((_request, response) => response.writeHead(503).end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = AddressSchema.parse(server.address());
    const { stderr } = await world.etl(['tiendas'], { ...env, KLK_URL: `http://127.0.0.1:${port}` });
    server.close();

    expect({ stderr, commands: commandsIn(stderr) }).toEqual({
      stderr: expect.stringMatching(/^KLK_SATURADA: /),
      commands: ['npm run etl -- tiendas'],
    });
  });

  it('is the same in the history of the run', async () => {
    world.klk.setFault('TANT', 'vacia');
    await world.etl([]);
    const { stdout: list } = await world.etl(['historial']);
    const id = /^[0-9a-f]{8}/m.exec(list)?.[0] ?? '';
    const { stdout } = await world.etl(['historial', id]);

    expect(commandsIn(stdout)).toEqual(['npm run etl -- tiendas']);
  });
});

describe('a remedy of the Lambda', () => {
  let world: LambdaWorld;
  let folder: string;
  beforeAll(async () => {
    world = await startLambdaWorld();
    process.env['AWS_LAMBDA_FUNCTION_NAME'] = 'inventario-klk-prueba';
    await world.invoke(scheduledEvent());
    // Stands in for the AWS CLI: prints its arguments, as the shell has taken them apart.
    folder = await mkdtemp(join(tmpdir(), 'inventario-klk-aws-'));
    await writeFile(join(folder, 'aws'), '#!/bin/sh\nprintf "%s\\n" "$@"\n');
    await chmod(join(folder, 'aws'), 0o755);
  });
  afterAll(async () => {
    delete process.env['AWS_LAMBDA_FUNCTION_NAME'];
    await Promise.all([world.close(), rm(folder, { recursive: true })]);
  });

  /** What the command sends to the Lambda. */
  async function payloadOf(command: string): Promise<unknown> {
    const { stdout } = await runPasted(`PATH=${folder}:$PATH; ${command}`, {});
    const words = stdout.trimEnd().split('\n');
    expect(words.slice(0, 2)).toEqual(['lambda', 'invoke']);
    expect(words[words.indexOf('--function-name') + 1]).toBe('inventario-klk-prueba');
    return JSON.parse(words[words.indexOf('--payload') + 1] ?? '');
  }

  it.each(allCommands({ region: 'us-east-1', functionName: 'inventario-klk-prueba' }))(
    'is an event that it takes: %s',
    async (command) => {
      const { thrown } = await world.invoke(await payloadOf(command));

      expect(thrown).toBeUndefined();
    },
  );

  it.each([
    { accion: 'estado' },
    {},
    { tiendas: ['tienda_01'] },
    { tiendas: ['tienda_01'], forzar: true },
    { dryRun: true, tiendas: ['tienda_01'] },
  ])('repeats what had no time, with everything that it asked for: %j', async (event) => {
    const { thrown } = await world.invoke(event, 1_500);
    expect(String(thrown)).toMatch(/: SIN_TIEMPO: .+\. No dio tiempo/);
    const [command = ''] = commandsIn(String(thrown));

    expect(await payloadOf(command)).toEqual(event);
  });

  it('accepts what was suspicious', async () => {
    world.klk.setFault('TANT', 'ceros');
    const { thrown } = await world.invoke({ tiendas: ['tienda_17'] });
    const [command = ''] = commandsIn(String(thrown));

    expect(await world.invoke(await payloadOf(command))).toMatchObject({
      returned: { estado: 'exitosa', tiendas: [{ id: 'tienda_17' }] },
    });
  });
});

describe('npm run local, in a checkout of its own', () => {
  let checkout: Checkout;
  beforeAll(async () => {
    checkout = await createCheckout();
    await runPasted('npm run local', {}, checkout.root);
  });
  afterAll(() => checkout.remove());

  it.each(allCommands({ program: 'local' }, [{ tiendas: ['tienda_17'], dryRun: false, forzar: false }]))(
    'prints remedies that work when they are pasted: %s',
    async (command) => {
      expect(await runPasted(command, {}, checkout.root)).toMatchObject({ status: 0 });
    },
  );

  it('names its own commands for what its simulator spoils', async () => {
    const { status, stderr } = await runPasted('npm run local -- --falla TTZ=vacia', {}, checkout.root);

    expect({ status, commands: commandsIn(stderr) }).toEqual({
      status: 1,
      commands: ['npm run local -- tiendas'],
    });
  });

  it('stops its PostgreSQL when it is interrupted, with the run closed', async () => {
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
