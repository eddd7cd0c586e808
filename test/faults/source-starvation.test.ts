import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Resumen } from '../../lambdas/inventario-klk/summary.ts';
import { tiendaKlk } from '../fixtures/klk/tienda.ts';
import { askedOf, outcomes } from './expectations.ts';
import type { RunOptions } from './pipeline-run.ts';
import { useWatchedWorld } from './watched-world.ts';

const CODIGOS = Array.from({ length: 20 }, (_, n) => `T${String(n + 1).padStart(2, '0')}`);
const TIENDAS = CODIGOS.map((codigo) => tiendaKlk(codigo));

const world = await useWatchedWorld(TIENDAS);
beforeEach(() => world.reset());

const run = (options: RunOptions = {}): Promise<Resumen> =>
  world.run({ tiendas: TIENDAS, ...options, klk: { timeoutMs: 2_000, ...options.klk } });

const loadedIn = (resumen: Resumen): string[] =>
  Object.entries(outcomes(resumen)).flatMap(([codigo, outcome]) => (outcome === 'cargado' ? [codigo] : []));

const others = (sick: readonly string[]): string[] => CODIGOS.filter((codigo) => !sick.includes(codigo));

const [FIRST = '', SECOND = ''] = CODIGOS;
const SPREAD = ['T03', 'T08', 'T13', 'T18'];

describe('Several warehouses that fail in every run', () => {
  it.each([
    ['the first four do not answer', CODIGOS.slice(0, 4), 'sin-cabeceras'],
    ['four among the others do not answer', SPREAD, 'sin-cabeceras'],
    ['the first ten cut the connection', CODIGOS.slice(0, 10), 'reset'],
    ['the first ten drip', CODIGOS.slice(0, 10), 'goteo'],
    ['all but the last cut the connection', CODIGOS.slice(0, 19), 'cierra'],
  ] as const)('Every healthy warehouse is loaded within two runs when %s', async (_which, sick, fault) => {
    for (const codigo of sick) world.klk.setFault(codigo, fault);
    const loaded = [...loadedIn(await run()), ...loadedIn(await run())];
    expect([...new Set(loaded)].toSorted()).toEqual(others(sick));
  });

  it.each([1, 3])(
    'Every healthy warehouse is loaded in every run from the third on, %i at once',
    async (concurrency) => {
      for (const codigo of SPREAD) world.klk.setFault(codigo, 'sin-cabeceras');
      const options = { klk: { concurrency } };
      for (let before = 0; before < 2; before += 1) await run(options);
      for (let later = 0; later < 2; later += 1) expect(loadedIn(await run(options))).toEqual(others(SPREAD));
    },
  );

  it('A warehouse that answers again is loaded in the next run', async () => {
    for (const codigo of SPREAD) world.klk.setFault(codigo, 'reset');
    await run();
    world.klk.setFault('T13', undefined);
    expect(loadedIn(await run())).toContain('T13');
  });

  it('Warehouses that used up the time of a whole run are asked last in the next one', async () => {
    const sick = CODIGOS.slice(0, 3);
    for (const codigo of sick) world.klk.setFault(codigo, 'sin-cabeceras');
    expect(loadedIn(await run({ limitMs: 3_000, klk: { timeoutMs: 30_000 } }))).toEqual([]);
    world.klk.requests.splice(0);
    await run();
    expect(askedOf(world).slice(0, -sick.length).toSorted()).toEqual(others(sick));
  });
});

describe('A second attempt', () => {
  const ONE_AT_A_TIME = { klk: { concurrency: 1, retries: 1 } };

  it('A second attempt comes after the first attempts of all other warehouses', async () => {
    const failing = CODIGOS.slice(0, 3);
    for (const codigo of failing) world.klk.setFault(codigo, '503', 1);
    expect((await run(ONE_AT_A_TIME)).estado).toBe('exitosa');
    expect(askedOf(world).slice(0, CODIGOS.length)).toEqual(CODIGOS);
    expect(askedOf(world).slice(CODIGOS.length).toSorted()).toEqual(failing);
  });

  it('A second attempt comes first when two warehouses in a row did not answer, because KLK may be down', async () => {
    for (const codigo of [FIRST, SECOND]) world.klk.setFault(codigo, 'reset', 1);
    expect((await run(ONE_AT_A_TIME)).estado).toBe('exitosa');
    expect(askedOf(world).slice(0, 3)).toEqual([FIRST, SECOND, expect.stringMatching(/^T0[12]$/)]);
  });
});
