import { describe, expect, it } from '@jest/globals';
import { toPrecedence } from '../../lambdas/inventario-klk/precedence.ts';
import type { AlmacenHistory } from '../../lambdas/inventario-klk/precedence.ts';

/** A warehouse that the last run has loaded, at ten o'clock. */
const loaded = (almacen: string, cambios: Partial<AlmacenHistory> = {}): AlmacenHistory => ({
  almacen,
  ultimaExtraccion: new Date('2026-01-02T10:00:00Z'),
  anotado: true,
  error: null,
  preguntado: true,
  respuesta: null,
  ...cambios,
});
const older = { ultimaExtraccion: new Date('2026-01-02T09:00:00Z') };
const unanswered = { error: 'KLK_CORTADA', respuesta: 'KLK_CORTADA' };
const leftOut = { error: 'KLK_CAIDA', preguntado: false };

const orderOf = (...antecedentes: readonly AlmacenHistory[]): readonly string[] =>
  toPrecedence(antecedentes).order;

describe('the order of the warehouses', () => {
  it('begins with the oldest inventory, warehouses without one first of all', () => {
    expect(orderOf(loaded('A'), loaded('B', older), loaded('C', { ultimaExtraccion: null }))).toEqual([
      'C',
      'B',
      'A',
    ]);
  });

  it('is by code where the inventories are of the same moment', () => {
    expect(orderOf(loaded('A'), loaded('B'), loaded('C'))).toEqual(['A', 'B', 'C']);
  });

  it('ends with those that did not answer when they were last asked, however old their inventory is', () => {
    expect(orderOf(loaded('A', { ...older, ...unanswered }), loaded('B'))).toEqual(['B', 'A']);
  });

  it.each([
    ['the breaker', leftOut],
    ['the deadline', { error: 'SIN_TIEMPO', preguntado: false }],
  ])(
    'begins with those that %s of the last run omitted, then those that its deadline ended',
    (_what, left) => {
      const cut = loaded('B', { ...older, error: 'SIN_TIEMPO' });

      expect(orderOf(loaded('A', older), cut, loaded('C', left))).toEqual(['C', 'B', 'A']);
    },
  );

  it('has a warehouse that failed otherwise at the place of its age', () => {
    expect(
      orderOf(loaded('A'), loaded('B', { ...older, error: 'KLK_VACIA', respuesta: 'KLK_VACIA' })),
    ).toEqual(['B', 'A']);
  });
});

describe('what the breaker knows of earlier runs', () => {
  it('are the warehouses that did not answer when last asked, and those that the last run did not ask because KLK seemed down', () => {
    const { silent, owed } = toPrecedence([
      loaded('A'),
      loaded('B', unanswered),
      loaded('C', leftOut),
      loaded('D', { ...unanswered, ...leftOut }),
      loaded('E', { error: 'KLK_INACCESIBLE', respuesta: 'KLK_INACCESIBLE' }),
    ]);

    expect([[...silent], [...owed]]).toEqual([
      ['B', 'D'],
      ['C', 'D'],
    ]);
  });
});
