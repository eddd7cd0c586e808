import { describe, expect, it } from '@jest/globals';
import { diagnose } from '../../lambdas/inventario-klk/questions/diagnose.ts';
import { applyMigrations } from '../../lambdas/migraciones/apply-migrations.ts';
import { toConnectError } from '../../lambdas/core/postgres/errors.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { useDatabase } from '../support/database.ts';
import { POOLERS } from '../support/poolers.ts';
import { PERIFERICO } from '../support/snapshots.ts';
import { questionContext } from '../support/world.ts';

const database = await useDatabase();

const LENDING = POOLERS['one that lends sessions of its own'];

describe('A pooler in front of the database', () => {
  async function through<T>(
    user: DatabaseSettings,
    fn: (settings: DatabaseSettings) => Promise<T>,
  ): Promise<T> {
    const pooler = await LENDING(user);
    try {
      return await fn({ ...user, host: '127.0.0.1', port: pooler.port });
    } finally {
      await pooler.close();
    }
  }

  it('The diagnosis names it at the step that first speaks to the database', async () => {
    const { pasos } = await through(database.etl, (settings) =>
      diagnose(questionContext(settings, [PERIFERICO])),
    );
    expect(pasos.filter(({ paso, estado }) => paso.startsWith('bd-') && estado === 'falla')).toEqual([
      expect.objectContaining({
        paso: 'bd-acceso',
        detalle: expect.stringMatching(/^BD_INTERMEDIARIO: .*PgBouncer/),
      }),
    ]);
  });

  it('A migration through it is refused, because the lock of the migrations belongs to a session', async () => {
    const migrating = through(database.admin, (settings) => applyMigrations(settings));
    await expect(migrating).rejects.toMatchObject({ codigo: 'BD_INTERMEDIARIO' });
  });

  it('An RDS Proxy, whose certificate is not one of the database, is known by its host name', () => {
    const settings = { ...database.etl, host: 'cadena.proxy-abc123.us-east-1.rds.amazonaws.com' };
    const error = Object.assign(new Error('self-signed certificate'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' });
    expect(toConnectError(error, settings).codigo).toBe('BD_INTERMEDIARIO');
    const instance = { ...settings, host: 'cadena.abc123.us-east-1.rds.amazonaws.com' };
    expect(toConnectError(error, instance).codigo).toBe('BD_TLS');
  });
});
