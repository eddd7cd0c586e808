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
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { withAdvisoryLock } from '../support/advisory-lock.ts';
import { readAllVersions } from '../support/inventory-state.ts';
import { withPipelineDatabase } from '../support/loading.ts';
import { BOSQUE, PERIFERICO, ejecucion } from '../support/snapshots.ts';
import { systemsOf } from '../support/systems.ts';

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

describe('the diagnosis', () => {
  let database: TestDatabase;
  let klk: KlkSimulator;

  beforeAll(async () => {
    database = await createTestDatabase();
    klk = await startKlkSimulator({ tiendas: CATALOGO });
  });
  afterAll(async () => {
    await klk.close();
    await database.drop();
  });

  const healthy = (): QuestionContext =>
    systemsOf({ ...database.etl, tls: { ca: database.ca } }, CATALOGO, klk.baseUrl);
  /** The steps that are not well, with their states. */
  const ailing = ({ pasos }: Diagnosis): string[] =>
    pasos.filter(({ estado }) => estado !== 'ok').map(({ paso, estado }) => `${paso} ${estado}`);
  const failureOf = ({ pasos }: Diagnosis): unknown => pasos.find(({ estado }) => estado === 'falla');

  it('of healthy systems finds every step well, in order, and writes nothing', async () => {
    const before = await readAllVersions(database);
    const diagnostico = await diagnose(healthy());

    expect(diagnostico.bien).toBe(true);
    expect(diagnostico.pasos.map(({ paso }) => paso)).toEqual(STEPS);
    expect(ailing(diagnostico)).toEqual([]);
    expect(diagnostico.pasos.find(({ paso }) => paso === 'bd-tls')?.detalle).toContain('TLSv1.3');
    expect(await readAllVersions(database)).toEqual(before);
    await database.expectNoTrace();
  });

  it('of a KLK that nobody serves says so, leaves out what rests on it, and goes on with the database', async () => {
    const diagnostico = await diagnose({
      ...healthy(),
      readKlkSettings: systemsOf(database.etl, []).readKlkSettings,
    });
    expect(diagnostico.bien).toBe(false);
    expect(ailing(diagnostico)).toEqual(['klk-tcp falla', 'klk-pisoventa omitido']);
    expect(failureOf(diagnostico)).toMatchObject({
      detalle: expect.stringContaining('KLK_INACCESIBLE'),
      revisar: expect.stringContaining('cortafuegos'),
    });
  });

  it('of a database that nobody serves stops at its port', async () => {
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

  it('of a certificate that nobody known signed stops at TLS, and of a wrong password after it', async () => {
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

  it('of a missing migration says which command to run', async () => {
    await database.query(`UPDATE migraciones SET name = name || '-otra'`);
    const diagnostico = await diagnose(healthy());
    await database.query(`UPDATE migraciones SET name = replace(name, '-otra', '')`);
    expect(ailing(diagnostico)).toEqual([
      'migraciones falla',
      ...['permisos', 'turno', 'particiones'].map((paso) => `${paso} omitido`),
    ]);
    expect(failureOf(diagnostico)).toMatchObject({ revisar: expect.stringContaining('npm run migrate') });
  });

  it('names the rights that are missing', async () => {
    await database.query(`REVOKE DELETE ON inventario_vigente FROM etl`);
    await database.query(`REVOKE EXECUTE ON FUNCTION casilla(timestamptz, timestamptz) FROM PUBLIC, etl`);
    const diagnostico = await diagnose(healthy());
    await database.query(`GRANT DELETE ON inventario_vigente TO etl`);
    await database.query(`GRANT EXECUTE ON FUNCTION casilla(timestamptz, timestamptz) TO PUBLIC, etl`);
    expect(failureOf(diagnostico)).toMatchObject({
      paso: 'permisos',
      detalle: expect.stringMatching(
        /DELETE en inventario_vigente, EXECUTE en casilla\(timestamptz, timestamptz\)$/,
      ),
    });
  });

  it('says who holds the turn, and takes it from nobody', async () => {
    const { signal } = new AbortController();
    const credentials = await readCredentials(() => Promise.resolve(database.etl));
    const turn = async (): Promise<unknown> =>
      (await diagnose(healthy())).pasos.find(({ paso }) => paso === 'turno');
    const applicationName = sessionNameOf('inventario', ejecucion(5));
    await withRunLock(credentials, { flujo: 'inventario', applicationName }, signal, async ({ lost }) => {
      expect(await turn()).toMatchObject({
        estado: 'ok',
        detalle: expect.stringContaining(`lo tiene la ejecución ${ejecucion(5)}, que acaba de empezar`),
      });
      await withPipelineDatabase(database.etl, (pipeline) =>
        pipeline.use((client) =>
          openEjecucion(client, 'inventario', { id: ejecucion(5), origen: 'manual', forzar: false }),
        ),
      );
      expect(await turn()).toMatchObject({
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
    'names whoever holds the turn without being a run, not the run that died last: %s',
    async (_who, user, desde) => {
      await database.query(`UPDATE etl_ejecuciones SET estado = 'en_curso', fin = NULL`);
      const settings = database[user];
      await withAdvisoryLock(settings, FLUJOS.inventario.candado, async (pid) => {
        expect(failureOf(await diagnose(healthy()))).toMatchObject({
          paso: 'turno',
          detalle: expect.stringMatching(
            new RegExp(`usuario ${settings.user}, aplicación «consola».*pid ${pid}, ${desde}`),
          ),
          revisar: expect.stringContaining(`SELECT pg_terminate_backend(${pid})`),
        });
      });
      expect(ailing(await diagnose(healthy()))).toEqual([]);
    },
  );

  it('notices rows in the default partition, and a month without one', async () => {
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
      `DO $$ BEGIN EXECUTE 'DROP TABLE inventario_versiones_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM'); END $$`,
    );
    const missing = await diagnose(healthy());
    await database.query('SELECT crear_particiones()');
    expect(failureOf(missing)).toMatchObject({
      detalle: expect.stringMatching(/^falta inventario_versiones_\d{4}_\d\d$/),
    });
  });

  it('of a broken environment names every problem once, and looks at nothing', async () => {
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
