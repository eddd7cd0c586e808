import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { diagnose } from '../../lambdas/inventario-klk/questions/diagnose.ts';
import type { Diagnosis } from '../../lambdas/inventario-klk/questions/diagnose.ts';
import { readLambdaConfig } from '../../lambdas/inventario-klk/config.ts';
import { readCredentials } from '../../lambdas/core/postgres/credentials.ts';
import { openEjecucion } from '../../lambdas/core/run/ejecucion.ts';
import { FLUJOS } from '../../lambdas/core/run/flujo.ts';
import { withRunLock } from '../../lambdas/core/run/run-lock.ts';
import { sessionNameOf } from '../../lambdas/core/run/lock-holders.ts';
import type { QuestionContext } from '../../lambdas/core/run/question.ts';
import { startKlkSimulator } from '../../local/klk-simulator/server.ts';
import type { KlkSimulator } from '../../local/klk-simulator/server.ts';
import { useDatabase } from '../support/database.ts';
import { readInventoryVersions } from '../support/inventory.ts';
import { withPipelineDatabase } from '../support/inventory.ts';
import { BOSQUE, PERIFERICO, ejecucion } from '../support/snapshots.ts';
import { questionContext } from '../support/world.ts';

const CATALOGO = [PERIFERICO, BOSQUE];

const STEPS = [
  'configuracion',
  'klk-dns',
  'klk-tcp',
  'klk-pisoventa',
  'bd-tcp',
  'bd-tls',
  'bd-acceso',
  'migraciones',
  'permisos',
  'turno',
  'particiones',
];

const database = await useDatabase();

describe('The diagnosis', () => {
  let klk: KlkSimulator;

  beforeAll(async () => {
    klk = await startKlkSimulator({ tiendas: CATALOGO });
  });
  afterAll(() => klk.close());

  const healthy = (): QuestionContext =>
    questionContext({ ...database.etl, tls: { ca: database.ca } }, CATALOGO, klk.baseUrl);
  /** The steps that are not `ok`, with their states. */
  const ailing = ({ pasos }: Diagnosis): string[] =>
    pasos.filter(({ estado }) => estado !== 'ok').map(({ paso, estado }) => `${paso} ${estado}`);
  const failureOf = ({ pasos }: Diagnosis): unknown => pasos.find(({ estado }) => estado === 'falla');

  it('Every step is well in healthy systems, and nothing is written', async () => {
    const before = await readInventoryVersions(database);
    const diagnostico = await diagnose(healthy());

    expect(diagnostico.bien).toBe(true);
    expect(diagnostico.pasos.map(({ paso }) => paso)).toEqual(STEPS);
    expect(ailing(diagnostico)).toEqual([]);
    expect(diagnostico.pasos.find(({ paso }) => paso === 'bd-tls')?.detalle).toContain('TLSv1.3');
    expect(await readInventoryVersions(database)).toEqual(before);
  });

  it('A KLK that does not listen fails its step, skips what depends on it, and leaves the database to be checked', async () => {
    const diagnostico = await diagnose({
      ...healthy(),
      readKlkSettings: questionContext(database.etl).readKlkSettings,
    });
    expect(diagnostico.bien).toBe(false);
    expect(ailing(diagnostico)).toEqual(['klk-tcp falla', 'klk-pisoventa omitido']);
    expect(failureOf(diagnostico)).toMatchObject({
      detalle: expect.stringContaining('KLK_INACCESIBLE'),
      revisar: expect.stringContaining('cortafuegos'),
    });
  });

  it('A database that does not listen fails at its port, and the further steps are skipped', async () => {
    const diagnostico = await diagnose({
      ...healthy(),
      readDatabaseSettings: () => Promise.resolve({ ...database.etl, host: '127.0.0.1', port: 1 }),
    });
    expect(ailing(diagnostico)).toEqual([
      'bd-tcp falla',
      ...['bd-tls', 'bd-acceso', 'migraciones', 'permisos', 'turno', 'particiones'].map(
        (paso) => `${paso} omitido`,
      ),
    ]);
  });

  it('An unknown certificate fails at TLS, and a wrong password at the login', async () => {
    const unknown = await diagnose({
      ...healthy(),
      readDatabaseSettings: () => Promise.resolve({ ...database.etl, tls: { ca: '' } }),
    });
    expect(ailing(unknown)[0]).toBe('bd-tls falla');
    expect(failureOf(unknown)).toMatchObject({ detalle: expect.stringContaining('BD_TLS') });

    const refused = await diagnose({
      ...healthy(),
      readDatabaseSettings: () => Promise.resolve({ ...database.etl, password: 'otra' }),
    });
    expect(ailing(refused)[0]).toBe('bd-acceso falla');
    expect(failureOf(refused)).toMatchObject({ detalle: expect.stringContaining('BD_CREDENCIALES') });
    expect(JSON.stringify(refused)).not.toContain('otra');
  });

  it('A missing migration fails its step, with the command to run', async () => {
    await database.query(`UPDATE migraciones SET name = name || '-otra'`);
    const diagnostico = await diagnose(healthy());
    await database.query(`UPDATE migraciones SET name = replace(name, '-otra', '')`);
    expect(ailing(diagnostico)).toEqual([
      'migraciones falla',
      ...['permisos', 'turno', 'particiones'].map((paso) => `${paso} omitido`),
    ]);
    expect(failureOf(diagnostico)).toMatchObject({ revisar: expect.stringContaining('npm run migrate') });
  });

  it('Missing rights are named', async () => {
    await database.query(`REVOKE UPDATE ON almacenes FROM etl; REVOKE DELETE ON inventario_vigente FROM etl`);
    await database.query(`REVOKE EXECUTE ON FUNCTION casilla(timestamptz, timestamptz) FROM PUBLIC, etl`);
    const diagnostico = await diagnose(healthy());
    await database.query(
      `GRANT UPDATE (fecha_actualizacion) ON almacenes TO etl; GRANT DELETE ON inventario_vigente TO etl`,
    );
    await database.query(`GRANT EXECUTE ON FUNCTION casilla(timestamptz, timestamptz) TO PUBLIC, etl`);
    expect(failureOf(diagnostico)).toMatchObject({
      paso: 'permisos',
      detalle: expect.stringMatching(
        /UPDATE \(fecha_actualizacion\) en almacenes, DELETE en inventario_vigente, EXECUTE en casilla\(timestamptz, timestamptz\)$/,
      ),
    });
  });

  it('The run that holds the lock is named, and keeps it', async () => {
    const { signal } = new AbortController();
    const credentials = await readCredentials(() => Promise.resolve(database.etl));
    const lockStep = async (): Promise<unknown> =>
      (await diagnose(healthy())).pasos.find(({ paso }) => paso === 'turno');
    const applicationName = sessionNameOf('inventario', ejecucion(5));
    await withRunLock(credentials, { flujo: 'inventario', applicationName }, signal, async ({ lost }) => {
      expect(await lockStep()).toMatchObject({
        estado: 'ok',
        detalle: expect.stringContaining(`lo tiene la ejecución ${ejecucion(5)}, que acaba de empezar`),
      });
      await withPipelineDatabase(database.etl, (pipeline) =>
        pipeline.use((client) =>
          openEjecucion(client, 'inventario', { id: ejecucion(5), origen: 'manual', forzar: false }),
        ),
      );
      expect(await lockStep()).toMatchObject({
        estado: 'ok',
        detalle: expect.stringContaining(`la ejecución ${ejecucion(5)} (manual) desde el`),
      });
      expect(lost.aborted).toBe(false);
    });
    expect(ailing(await diagnose(healthy()))).toEqual([]);
  });

  it.each([
    [
      'another user, whose session ours may not look into',
      'admin',
      'desde cuándo no lo puede ver este usuario',
    ],
    ['our own user', 'etl', 'conectada desde 20'],
  ] as const)(
    'A session that holds the lock without being a run is named, with how to end it: %s',
    async (_who, user, desde) => {
      await database.query(`UPDATE etl_ejecuciones SET estado = 'en_curso', fin = NULL`);
      const settings = database[user];
      const holder = await database.openSession(settings, 'consola');
      await holder.query('SELECT pg_advisory_lock($1::bigint)', [FLUJOS.inventario.lockKey]);
      const [{ pid } = {}] = await holder.query('SELECT pg_backend_pid()::text AS pid');
      expect(failureOf(await diagnose(healthy()))).toMatchObject({
        paso: 'turno',
        detalle: expect.stringMatching(
          new RegExp(`usuario ${settings.user}, aplicación «consola».*pid ${String(pid)}, ${desde}`),
        ),
        revisar: expect.stringContaining(`SELECT pg_terminate_backend(${String(pid)})`),
      });
      await holder.end();
      expect(ailing(await diagnose(healthy()))).toEqual([]);
    },
  );

  it('Rows in the default partition and a month without a partition fail their step', async () => {
    await database.query(
      `INSERT INTO inventario_versiones (ubicacion_id, almacen_codigo, producto_id, cantidad, vigente_desde, vigente_hasta, cambia_precio)
       VALUES ('tienda_01', 'APP-TPF', '000001', 1, '2020-01-01', '2020-01-02', false)`,
    );
    const stray = await diagnose(healthy());
    await database.query('DELETE FROM inventario_versiones_default');
    expect(failureOf(stray)).toMatchObject({
      paso: 'particiones',
      detalle: 'hay versiones en inventario_versiones_default',
      revisar: expect.stringContaining('docs/operacion.md'),
    });

    await database.query(
      `INSERT INTO ventas (ubicacion_id, numero_factura, linea, fecha_venta, dia, producto_id, cantidad_vendida, venta_total)
       VALUES ('tienda_01', 'F-1', 1, '2001-01-01 12:00Z', '2001-01-01', '000001', 1, 1)`,
    );
    const strayLine = await diagnose(healthy());
    await database.query('DELETE FROM ventas');
    expect(failureOf(strayLine)).toMatchObject({
      paso: 'particiones',
      detalle: 'hay ventas en ventas_default',
    });

    await database.query(
      `DO $$ BEGIN EXECUTE 'DROP TABLE inventario_versiones_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM'); END $$;
       DO $$ BEGIN EXECUTE 'DROP TABLE ventas_' || to_char(now() AT TIME ZONE 'America/Caracas', 'YYYY_MM'); END $$`,
    );
    const missing = await diagnose(healthy());
    await database.query('SELECT crear_particiones()');
    expect(failureOf(missing)).toMatchObject({
      detalle: expect.stringMatching(/^falta inventario_versiones_\d{4}_\d\d y ventas_\d{4}_\d\d$/),
    });
  });

  it('A wrong environment fails the first step with every problem, and the others are skipped', async () => {
    const broken = (): ReturnType<typeof readLambdaConfig> => readLambdaConfig({ KLK_REINTENTOS: 'muchos' });
    const diagnostico = await diagnose({
      ...healthy(),
      readTunables: () => broken().tunables,
      readKlkSettings: () => Promise.reject(thrownBy(broken)),
      readDatabaseSettings: () => Promise.reject(thrownBy(broken)),
    });
    const [configuracion, ...rest] = diagnostico.pasos;
    expect(configuracion?.detalle.split('; ')).toHaveLength(5);
    expect(configuracion?.detalle).toContain('DB_SECRET_ARN: falta');
    expect(rest.map(({ estado }) => estado)).toEqual(rest.map(() => 'omitido'));
  });
});

function thrownBy(fn: () => unknown): Error {
  try {
    fn();
  } catch (error) {
    if (Error.isError(error)) return error;
  }
  throw new Error('nothing was thrown');
}
