import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ERRORES } from '../../lambdas/core/errors/codes.ts';
import { closedPort } from '../support/closed-port.ts';
import { ARTICULOS, DB_SECRET, startLambdaWorld } from '../support/lambda-world.ts';
import { scheduledEvent } from '../../bin/commands/invoke-locally.ts';
import type { Invocation, LambdaWorld } from '../support/lambda-world.ts';

let world: LambdaWorld;

beforeAll(async () => {
  world = await startLambdaWorld();
});

beforeEach(() => world.reset());

afterEach(() => world.database.expectNoTrace());

afterAll(() => world.close());

/** Each row of a warehouse as PostgreSQL has it: another version when it was only touched. */
const readVersions = (almacen: string): Promise<Record<string, unknown>[]> =>
  world.database.query(
    `SELECT ctid::text, xmin::text, i::text AS fila FROM inventario_vigente i WHERE almacen_codigo = $1 ORDER BY 1`,
    [almacen],
  );

const readMark = (almacen: string): Promise<Record<string, unknown>[]> =>
  world.database.query('SELECT * FROM almacen_snapshots WHERE almacen_codigo = $1 ORDER BY extraccion', [
    almacen,
  ]);

describe('an answer of KLK that is not the inventory asked for', () => {
  it.each([
    ['incompleta', 'KLK_INCOMPLETA'],
    ['error', 'KLK_ERROR'],
    ['otro-almacen', 'KLK_OTRO_ALMACEN'],
    ['vacia', 'KLK_VACIA'],
  ] as const)('(%s) changes no row, fails its store alone, and says what to do', async (fault, codigo) => {
    await world.invoke(scheduledEvent());
    const before = { versions: await readVersions('TANT'), mark: await readMark('TANT') };
    world.klk.setFault('TANT', fault);
    const { returned, thrown, lines } = await world.invoke(scheduledEvent());

    expect(returned).toBeUndefined();
    expect(thrown).toMatchObject({
      name: 'EjecucionIncompleta',
      message: expect.stringMatching(new RegExp(`tienda_17 ARTIGAS.*TANT.*${codigo}`)),
    });
    expect(String(thrown)).toContain(ERRORES[codigo].remedio);
    expect(lines.at(-1)).toMatchObject({
      message: 'RESUMEN ETL',
      estado: 'parcial',
      totales: { cargadas: 4, fallidas: 1, inventario: 4 * ARTICULOS },
    });
    expect({ versions: await readVersions('TANT'), mark: await readMark('TANT') }).toEqual(before);
    expect(
      (await world.database.query(`SELECT FROM inventario_historico WHERE almacen_codigo = 'TANT'`)).length,
    ).toBe(0);
    expect((await world.database.query('SELECT FROM inventario_historico')).length).toBe(4 * ARTICULOS);
  });

  it('fails the run when every store got one', async () => {
    world.klk.setFault('*', 'vacia');
    const { thrown, lines } = await world.invoke(scheduledEvent());

    expect(thrown).toMatchObject({ name: 'EjecucionIncompleta' });
    expect(lines.at(-1)).toMatchObject({ estado: 'fallida', totales: { cargadas: 0, fallidas: 5 } });
  });

  it('fails a dry run too', async () => {
    world.klk.setFault('TANT', 'incompleta');
    const { thrown } = await world.invoke({ dryRun: true });

    expect(thrown).toMatchObject({
      name: 'EjecucionIncompleta',
      message: expect.stringContaining('tienda_17'),
    });
  });
});

describe('a database that cannot be used', () => {
  /** Fails before any store: KLK is not called, and the summary says why. */
  function expectFailedEarly({ thrown, lines }: Invocation, codigo: string): void {
    expect(thrown).toMatchObject({ name: 'EjecucionFallida', message: expect.stringContaining(codigo) });
    expect(lines.filter(({ message }) => message === 'RESUMEN ETL')).toMatchObject([
      { estado: 'fallida', tiendas: [], error: { codigo } },
    ]);
  }

  it('is named, without its password, when it is down', async () => {
    const requests = world.klk.requests.length;
    const port = await closedPort();
    world.secrets.setSecret(DB_SECRET, JSON.stringify({ ...world.dbSecret, port }));
    const invocation = await world.invoke(scheduledEvent());

    expectFailedEarly(invocation, 'BD_INACCESIBLE');
    expect(invocation.thrown).toMatchObject({
      message: expect.stringContaining(
        `No se pudo conectar a PostgreSQL (localhost:${port}/${world.database.etl.database})`,
      ),
    });
    expect(world.klk.requests).toHaveLength(requests);
  });

  it('that refuses the password makes the secret be read once more, no oftener', async () => {
    world.secrets.setSecret(DB_SECRET, JSON.stringify({ ...world.dbSecret, password: 'no-es-esta' }));
    const { requests } = world.klk;
    const [calls, asked] = [world.secrets.calls.length, requests.length];
    const invocation = await world.invoke(scheduledEvent());

    expectFailedEarly(invocation, 'BD_CREDENCIALES');
    expect(world.secrets.calls.slice(calls).filter((arn) => arn === DB_SECRET)).toHaveLength(2);
    expect(requests).toHaveLength(asked);
    expect(invocation.output).not.toContain('no-es-esta');
  });

  it('whose password was rotated just now is loaded with the new one', async () => {
    world.secrets.setSecret(DB_SECRET, JSON.stringify({ ...world.dbSecret, password: 'la-anterior' }));
    const calls = world.secrets.calls.length;
    const invoking = world.invoke(scheduledEvent());
    while (!world.secrets.calls.slice(calls).includes(DB_SECRET)) await sleep(1);
    world.secrets.setSecret(DB_SECRET, JSON.stringify(world.dbSecret));

    expect((await invoking).returned).toMatchObject({ estado: 'exitosa' });
  });

  it('is refused when its certificate is not the one expected', async () => {
    // Another way to write 127.0.0.1, which the certificate names.
    world.secrets.setSecret(DB_SECRET, JSON.stringify({ ...world.dbSecret, host: '127.1' }));

    expectFailedEarly(await world.invoke(scheduledEvent()), 'BD_TLS');
  });

  it('is refused before KLK is called when it was never migrated', async () => {
    const requests = world.klk.requests.length;
    await world.database.query('ALTER TABLE migraciones RENAME TO otra');
    const invocation = await world.invoke(scheduledEvent());
    await world.database.query('ALTER TABLE otra RENAME TO migraciones');

    expectFailedEarly(invocation, 'BD_SIN_MIGRAR');
    expect(invocation.thrown).toMatchObject({ message: expect.stringContaining('Aplique las migraciones') });
    expect(world.klk.requests).toHaveLength(requests);
  });
});
