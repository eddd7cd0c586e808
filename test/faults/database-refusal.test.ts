import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MENSAJES_INVENTARIO } from '../../lambdas/inventario-klk/log.ts';
import { Client } from 'pg';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import type { Resumen } from '../../lambdas/inventario-klk/summary.ts';
import { ALMACENES } from '../support/pipeline-run.ts';
import type { RunOptions } from '../support/pipeline-run.ts';
import { existencias } from '../support/existencias.ts';
import { forgetErrors, provokeError, spoilRow } from '../support/provoked-error.ts';
import { createScene } from '../support/run-harness.ts';
import type { Scene } from '../support/run-harness.ts';
import { outcomes } from './kept.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await createScene();
});
beforeEach(async () => {
  await scene.reset();
  await scene.run();
});
afterEach(() => forgetErrors(scene.database));
afterAll(() => scene.close());

const serveNext = (): void => {
  for (const almacen of ALMACENES) scene.serve(almacen, existencias(almacen, 2));
};

/** While the database refuses something about AAA it fails with this code, and the others load. */
async function expectOnlyAaaFails(codigo: string, options: RunOptions = {}): Promise<void> {
  serveNext();
  expect(outcomes(await scene.run(options))).toEqual({ AAA: codigo, BBB: 'cargado', CCC: 'cargado' });
}

describe('lock or statement timeout, disk full, read-only server, missing grant', () => {
  it.each([
    ['whose row', 'BD_BLOQUEO', `SELECT FROM almacenes WHERE codigo = 'AAA' FOR UPDATE`, {}],
    [
      'whose inventory',
      'BD_BLOQUEO',
      `SELECT FROM inventario_vigente WHERE almacen_codigo = 'AAA' FOR UPDATE`,
      {},
    ],
    [
      'whose inventory, if a statement may not even take as long as a lock,',
      'BD_TIEMPO',
      `SELECT FROM inventario_vigente WHERE almacen_codigo = 'AAA' FOR UPDATE`,
      { statementTimeoutMs: 300 },
    ],
  ])('fails a warehouse %s somebody keeps locked with %s', async (_what, codigo, lock, options) => {
    const other = new Client({ ...toClientConfig(scene.database.admin), application_name: 'pruebas' });
    await other.connect();
    await other.query(`BEGIN; ${lock}`);
    await expectOnlyAaaFails(codigo, options);
    await other.end();
  });

  it.each([
    ['a lock timeout, after repeating it', '55P03', 'BD_BLOQUEO'],
    ['a full disk', '53100', 'BD_SIN_ESPACIO'],
    ['a server that turned read-only meanwhile', '25006', 'BD_SOLO_LECTURA'],
    ['an error nobody foresaw', 'XX000', 'BD_ERROR'],
  ])('fails a warehouse cleanly on %s', async (_what, sqlState, codigo) => {
    await provokeError(scene.database, 'AAA', sqlState);
    await expectOnlyAaaFails(codigo);
  });

  it('repeats what a lock timeout stopped', async () => {
    await provokeError(scene.database, 'AAA', '55P03', 2);
    serveNext();
    expect((await scene.run()).estado).toBe('exitosa');
  });

  it('fails cleanly when a grant is missing, and loads once it is back', async () => {
    const { user } = scene.settings;
    await scene.database.query(`REVOKE INSERT ON inventario_versiones FROM ${user}`);
    serveNext();
    const resumen: Resumen = await scene.run();
    await scene.database.query(`GRANT INSERT ON inventario_versiones TO ${user}`);
    expect(outcomes(resumen)).toEqual({ AAA: 'BD_PERMISO', BBB: 'BD_PERMISO', CCC: 'BD_PERMISO' });
    expect((await scene.run()).estado).toBe('exitosa');
  });
});

describe('rows that are not what was sent', () => {
  it.each(['lose', 'change'] as const)(
    'roll the load back when the database does this to one of them: %s',
    async (how) => {
      const withNew = new Map([...existencias('AAA', 2), ['000300', 5]]);
      await spoilRow(scene.database, how);
      serveNext();
      scene.serve('AAA', withNew);
      expect(outcomes(await scene.run())).toEqual({
        AAA: 'VERIFICACION_FALLIDA',
        BBB: 'cargado',
        CCC: 'cargado',
      });
    },
  );
});

describe('no partition for this month', () => {
  const thisMonth = `inventario_versiones_${new Date().toISOString().slice(0, 7).replace('-', '_')}`;
  const PLACES = 'SELECT DISTINCT tableoid::regclass::text AS tabla FROM inventario_versiones';

  it('is made up for by the default partition, which is reported, and repaired by those who migrate', async () => {
    await scene.database.query('DELETE FROM inventario_versiones');
    await scene.database.query(`DROP TABLE ${thisMonth}`);
    serveNext();
    expect((await scene.run()).estado).toBe('exitosa');
    expect(await scene.database.query(PLACES)).toEqual([{ tabla: 'inventario_versiones_default' }]);

    serveNext();
    expect((await scene.run()).estado).toBe('exitosa');
    expect(scene.lines().map(({ message }) => message)).toContain(MENSAJES_INVENTARIO.versionesSueltas);

    await scene.database.query('SELECT crear_particiones()');
    expect(await scene.database.query(PLACES)).toEqual([{ tabla: thisMonth }]);
  });
});

describe('a warehouse that the database knows under another store', () => {
  it('fails alone', async () => {
    await scene.database.query(`UPDATE almacenes SET ubicacion_id = 'tienda_b' WHERE codigo = 'AAA'`);
    await expectOnlyAaaFails('ALMACEN_EN_CONFLICTO');
  });
});
