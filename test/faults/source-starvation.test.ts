import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import type { Resumen } from '../../lambdas/inventario-klk/summary.ts';
import { simulated } from '../support/faulty-klk.ts';
import type { RunOptions } from '../support/pipeline-run.ts';
import { createScene } from '../support/run-harness.ts';
import type { Scene } from '../support/run-harness.ts';
import { outcomes } from './kept.ts';

const CODIGOS = Array.from({ length: 20 }, (_, n) => `T${String(n + 1).padStart(2, '0')}`);
const TIENDAS = CODIGOS.map((codigo): Tienda => ({
  id: `tienda_${codigo.toLowerCase()}`,
  nombre: codigo,
  tipo: 'tienda',
  activa: true,
  almacenes: [{ codigo, nombre: 'PISO DE VENTA' }],
  sucursalKlk: `SUC-${codigo}`,
}));

let scene: Scene;
beforeAll(async () => {
  scene = await createScene(CODIGOS);
});
beforeEach(() => scene.reset());
afterAll(() => scene.close());

const run = (options: RunOptions = {}): Promise<Resumen> =>
  scene.run({ tiendas: TIENDAS, ...options, klk: { timeoutMs: 500, ...options.klk } });

const loadedIn = (resumen: Resumen): string[] =>
  Object.entries(outcomes(resumen)).flatMap(([codigo, outcome]) => (outcome === 'cargado' ? [codigo] : []));

const others = (sick: readonly string[]): string[] => CODIGOS.filter((codigo) => !sick.includes(codigo));

const FIRST = CODIGOS.slice(0, 4);
const SPREAD = ['T03', 'T08', 'T13', 'T18'];
const MANY = CODIGOS.slice(0, 19);

describe('several sick warehouses, run after run', () => {
  it.each([
    ['silent, the first four', FIRST, 'sin-cabeceras'],
    ['silent, four among the others', SPREAD, 'sin-cabeceras'],
    ['cutting the connection, the first ten', CODIGOS.slice(0, 10), 'reset'],
    ['dripping, the first ten', CODIGOS.slice(0, 10), 'goteo'],
    ['cutting the connection, all but the last', MANY, 'cierra'],
  ] as const)('every healthy one is loaded within two runs: %s', async (_which, sick, fault) => {
    for (const codigo of sick) scene.klk.fail(codigo, simulated(fault));
    const loaded = [...loadedIn(await run()), ...loadedIn(await run())];
    expect([...new Set(loaded)].toSorted()).toEqual(others(sick));
  });

  it.each([1, 3])(
    'every healthy one is loaded in every run from the third on: %i at once',
    async (concurrency) => {
      for (const codigo of SPREAD) scene.klk.fail(codigo, simulated('sin-cabeceras'));
      const options = { klk: { concurrency, timeoutMs: 300 } };
      for (let before = 0; before < 2; before += 1) await run(options);
      for (let later = 0; later < 2; later += 1) {
        expect(loadedIn(await run(options))).toEqual(others(SPREAD));
      }
    },
  );

  it('one that has recovered is loaded in the next run', async () => {
    for (const codigo of SPREAD) scene.klk.fail(codigo, simulated('reset'));
    await run();
    scene.klk.fail('T13', undefined);
    expect(loadedIn(await run())).toContain('T13');
  });

  it('that eat up the whole time of a run are not the first ones of the next', async () => {
    const sick = CODIGOS.slice(0, 3);
    for (const codigo of sick) scene.klk.fail(codigo, simulated('sin-cabeceras'));
    expect(loadedIn(await run({ limitMs: 3_000, klk: { timeoutMs: 30_000 } }))).toEqual([]);
    scene.klk.requests = [];
    await run();
    const asked = scene.klk.requests.map(({ almacen }) => almacen);
    expect(asked.slice(0, -sick.length).toSorted()).toEqual(others(sick));
  });
});

describe('an attempt that is repeated', () => {
  const asked = (): string[] => scene.klk.requests.map(({ almacen }) => almacen);

  it('comes after the first ones of all others', async () => {
    const failing = CODIGOS.slice(0, 3);
    for (const codigo of failing) scene.klk.fail(codigo, simulated('503'), 1);
    expect((await run({ klk: { concurrency: 1, retries: 1 } })).estado).toBe('exitosa');
    expect(asked().slice(0, CODIGOS.length)).toEqual(CODIGOS);
    expect(asked().slice(CODIGOS.length).toSorted()).toEqual(failing);
  });

  it('comes before all others while two in a row have not answered, for KLK may be down', async () => {
    const [first, second] = FIRST;
    for (const codigo of [first, second])
      if (codigo !== undefined) scene.klk.fail(codigo, simulated('reset'), 1);
    expect((await run({ klk: { concurrency: 1, retries: 1 } })).estado).toBe('exitosa');
    expect(asked().slice(0, 3)).toEqual([first, second, expect.stringMatching(/^T0[12]$/)]);
  });
});
