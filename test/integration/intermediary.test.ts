import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { diagnose } from '../../lambdas/inventario-klk/questions/diagnose.ts';
import { applyMigrations } from '../../lambdas/migraciones/apply-migrations.ts';
import { toConnectError } from '../../lambdas/core/postgres/errors.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { startPgPooler } from '../support/pg-pooler.ts';
import type { PoolerHabits } from '../support/pg-pooler.ts';
import { PERIFERICO } from '../support/snapshots.ts';
import { systemsOf } from '../support/systems.ts';

describe('a pooler in front of the database', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  async function through<T>(
    user: DatabaseSettings,
    habits: PoolerHabits,
    fn: (settings: DatabaseSettings) => Promise<T>,
  ): Promise<T> {
    const pooler = await startPgPooler(user, habits);
    try {
      return await fn({ ...user, host: '127.0.0.1', port: pooler.port });
    } finally {
      await pooler.close();
    }
  }

  it('is named by the diagnosis at the step that first speaks to the database', async () => {
    const { pasos } = await through(database.etl, { ownGreeting: true, dropsLimits: true }, (settings) =>
      diagnose(systemsOf(settings, [PERIFERICO])),
    );
    expect(pasos.filter(({ paso, estado }) => paso.startsWith('bd-') && estado === 'falla')).toEqual([
      expect.objectContaining({
        paso: 'bd-acceso',
        detalle: expect.stringMatching(/^BD_INTERMEDIARIO: .*PgBouncer/),
      }),
    ]);
  });

  it('is refused by a migration too, whose lock is also one of a session', async () => {
    const migrating = through(database.admin, { ownGreeting: true }, (settings) => applyMigrations(settings));
    await expect(migrating).rejects.toMatchObject({ codigo: 'BD_INTERMEDIARIO' });
  });

  it('is known by its name where it is an RDS Proxy, whose certificate is not one of the database', () => {
    const settings = { ...database.etl, host: 'cadena.proxy-abc123.us-east-1.rds.amazonaws.com' };
    const error = Object.assign(new Error('self-signed certificate'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' });
    expect(toConnectError(error, settings).codigo).toBe('BD_INTERMEDIARIO');
    const instance = { ...settings, host: 'cadena.abc123.us-east-1.rds.amazonaws.com' };
    expect(toConnectError(error, instance).codigo).toBe('BD_TLS');
  });
});
