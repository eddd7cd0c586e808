import fc from 'fast-check';

/** Few articles, so that they come, change, go and come back within a few snapshots. */
export const ARTICULOS = ['000001', '000002', '000003', '000004', '000005'] as const;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** One number written in two ways is one number. */
const numero = (...texts: string[]): fc.Arbitrary<string> => fc.constantFrom(...texts);
const desconocido = (texts: fc.Arbitrary<string>): fc.Arbitrary<string | null> =>
  fc.option(texts, { freq: 4 });

/** What KLK says of one article: a row, a row that is refused, or nothing. */
const articulo = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      cantidad: numero('0', '3', '1.5', '1.50', '-2.25'),
      precio: desconocido(numero('4.9', '4.90', '5')),
      iva: desconocido(numero('16', '16.00', '8')),
    }),
  },
  { weight: 1, arbitrary: fc.constant('rechazado' as const) },
  { weight: 1, arbitrary: fc.constant('ausente' as const) },
);

/** What happens next to one of two warehouses. Half an hour passes, or seconds, or years: versions of every duration. */
export const step = fc.record({
  almacen: fc.constantFrom(0, 1),
  pausaMs: fc.constantFrom(1_000, 30 * MINUTE, 30 * MINUTE, 5 * HOUR, DAY, 16 * DAY, 400 * DAY),
  articulos: fc.tuple(articulo, articulo, articulo, articulo, articulo),
  event: fc.oneof(
    { weight: 6, arbitrary: fc.constant('good' as const) },
    // Nothing moved since the last one.
    { weight: 3, arbitrary: fc.constant('again' as const) },
    { weight: 2, arbitrary: fc.constant('unreadable code' as const) },
    { weight: 1, arbitrary: fc.constant('empty' as const) },
    { weight: 1, arbitrary: fc.constant('refused as older' as const) },
    { weight: 1, arbitrary: fc.constant('refused as suspicious' as const) },
    { weight: 1, arbitrary: fc.constant('moved to the other store' as const) },
    { weight: 1, arbitrary: fc.constant('removed by hand' as const) },
    { weight: 1, arbitrary: fc.constant('partitions made' as const) },
    // What ended before the month in which the pause began is retired.
    { weight: 1, arbitrary: fc.constant('retired' as const) },
  ),
});

/** The time zone of the session: behind and ahead of UTC, one with half an hour and one with summer time. */
export const zona = fc.constantFrom('UTC', 'America/Caracas', 'Asia/Kolkata', 'Europe/Madrid');

export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
