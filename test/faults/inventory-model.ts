import fc from 'fast-check';
import type { KlkBehaviour, KlkFault } from '../../local/klk-simulator/faults.ts';
import { answeringRows, codigo, existencias, toFilas } from './klk-answers.ts';
import type { Existencias } from './klk-answers.ts';
import { ALMACENES } from './pipeline-run.ts';

/** A run of three warehouses without retries sends so many. */
const STATEMENTS = 35;

/** The next event of a warehouse. `seed` decides how the stock of the stores has moved since the last one. */
export const step = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  almacen: fc.constantFrom(...ALMACENES),
  event: fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('good') }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('bad'), refusal: fc.integer({ min: 0, max: 8 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('suspicious'), forced: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('quarantine') }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('cut'),
        statement: fc.integer({ min: 1, max: STATEMENTS }),
        side: fc.constantFrom('before', 'after'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('killed'), delayMs: fc.integer({ min: 0, max: 250 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('late') }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('twice') }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('dry') }) },
  ),
});

export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Answers that are refused whatever the warehouse holds. */
export const REFUSALS: readonly (readonly [KlkFault, string])[] = [
  ['reset', 'KLK_CORTADA'],
  ['500', 'KLK_ERROR_SERVIDOR'],
  ['404', 'KLK_SOLICITUD_RECHAZADA'],
  ['error', 'KLK_ERROR'],
  ['json-truncado', 'KLK_CONTRATO'],
  ['incompleta', 'KLK_INCOMPLETA'],
  ['otro-almacen', 'KLK_OTRO_ALMACEN'],
  ['vacia', 'KLK_VACIA'],
  ['filas-malas', 'FILAS_MALAS'],
];

/** Numbers from 0 to 1 that depend on the seed alone (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The world's stock a while later: some of it moved, a few articles gone or sold out, a few new. Never enough to be suspicious. */
export function moveStock(almacen: string, current: Existencias | undefined, seed: number): Existencias {
  if (current === undefined) return existencias(almacen, 1);
  const next = random(seed + almacen.charCodeAt(0));
  const moved = new Map<string, number>();
  for (const [code, stock] of current) {
    const luck = next();
    if (luck < 0.02) continue;
    moved.set(code, luck < 0.05 ? 0 : luck < 0.3 ? Math.round(next() * 100_000) / 100 - 5 : stock);
  }
  for (let index = 0; index < 3; index += 1)
    moved.set(codigo(1 + Math.floor(next() * 400)), Math.round(next() * 1_000));
  return moved;
}

/** KLK sends these stocks, but that of the first article cannot be read. */
export const withUnreadableFirst = (stocks: Existencias): KlkBehaviour =>
  answeringRows(toFilas(stocks).map((fila, index) => (index === 0 ? { ...fila, stock: 'abc' } : fila)));

/** What a load of that leaves: the first article keeps what it had, or stays unknown. */
export function keepFirst(current: Existencias | undefined, stocks: Existencias): Existencias {
  const [first = ''] = stocks.keys();
  const kept = new Map(stocks);
  const old = current?.get(first);
  if (old === undefined) kept.delete(first);
  else kept.set(first, old);
  return kept;
}

export const allZero = (stocks: Existencias): Existencias =>
  new Map([...stocks.keys()].map((code) => [code, 0]));

/** Whether any of it could be sold. */
export const hasStock = (stocks: Existencias | undefined): boolean =>
  [...(stocks ?? [])].some(([, stock]) => stock > 0);
