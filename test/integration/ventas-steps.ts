import fc from 'fast-check';
import type { VentasFault } from '../../local/klk-simulator/faults.ts';

const HORA = 60;
const DIA = 24 * HORA;

/** Faults that the pipeline must notice, or whose bad lines it must set aside. */
const NOTICED: readonly VentasFault[] = [
  ...(['cierra', 'reset', 'cuerpo-corto', '404', '429', '500', 'json-truncado', 'html', 'error'] as const),
  ...(['otra-sucursal', 'otro-dia', 'otras-horas', 'sin-eco', 'incompleta', 'total-de-menos'] as const),
  ...([
    'sucursal-desconocida',
    'horas-ignoradas',
    'linea-de-otro-dia',
    'almacen-ajeno',
    'lineas-malas',
  ] as const),
  ...(['cantidad-ilegible', 'fecha-ilegible', 'sin-numero', 'linea-ilegible', 'repetida-distinta'] as const),
  ...(['repetida-igual', 'producto-vacio', 'texto-hostil', 'campos-extra', 'bom'] as const),
];

/** Answers that agree with themselves: nobody can notice that few lines are missing. */
export const LIES: readonly VentasFault[] = ['vacia', 'encogida', 'lineas-de-otro-dia'];

const fault = fc.record({
  fault: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...NOTICED) },
    { weight: 1, arbitrary: fc.constantFrom(...LIES) },
  ),
  /** Which store; undefined is both. */
  tienda: fc.constantFrom(0, 1, undefined),
  /** For so many requests. */
  veces: fc.constantFrom(1, 2, 5, Infinity),
});

const event = fc.oneof(
  { weight: 5, arbitrary: fc.constant({ what: 'run' } as const) },
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constant('fault' as const),
      faults: fc.array(fault, { minLength: 1, maxLength: 2 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ what: 'KLK is down' } as const) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('sessions end' as const), afterMs: fc.nat(150) }) },
  { weight: 1, arbitrary: fc.constant({ what: 'two at once' } as const) },
  // Days back from today; the second is not before the first.
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('by hand' as const),
      desde: fc.nat(3),
      dias: fc.nat(2),
      forzar: fc.boolean(),
      tienda: fc.constantFrom(0, 1, undefined),
      faults: fc.array(fault, { maxLength: 1 }),
    }),
  },
  // Slices are cut before they are read, and when an answer is too large.
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('small' as const),
      tramoLineas: fc.constantFrom(3, 10),
      maxBytes: fc.constantFrom(8_000, 20_000),
    }),
  },
);

/** What happens next, and how many minutes pass before. */
export const step = fc.record({
  pausaMinutos: fc.constantFrom(1, 30, 90, 4 * HORA, 6 * HORA, 11 * HORA, DIA),
  event,
});

export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
export type Fault = typeof fault extends fc.Arbitrary<infer T> ? T : never;
