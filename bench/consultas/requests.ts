import { addDias } from '../../lambdas/core/time/dia.ts';

/** A kind of question, and how fast nineteen of twenty must be answered. */
export interface Kind {
  readonly what: string;
  readonly withinMs: number;
  /** The n-th question of this kind: another store, article or month each time. */
  readonly path: (n: number) => string;
}

const STORES = 20;

const tienda = (n: number): string => `tienda_${String(1 + (n % STORES)).padStart(2, '0')}`;

/** The n-th article: most sell often, some rarely. */
const codigo = (n: number): string => String(1 + ((n * 37) % 2_000)).padStart(6, '0');

/** The questions of the page. `hoy` is the day in the stores. */
export const kindsAt = (hoy: string): readonly Kind[] => {
  const month = (n: number): string => {
    const hasta = addDias(hoy, -1 - 7 * (n % 40));
    return `desde=${addDias(hasta, -29)}&hasta=${hasta}`;
  };
  return [
    { what: '/tiendas', withinMs: 50, path: () => '/tiendas' },
    { what: '/existencias of a store', withinMs: 80, path: (n) => `/existencias?tienda=${tienda(n)}` },
    {
      what: '/existencias, a search in a store',
      withinMs: 80,
      path: (n) => `/existencias?tienda=${tienda(n)}&q=${codigo(n).slice(2)}`,
    },
    { what: '/articulos', withinMs: 80, path: (n) => `/articulos/${codigo(n)}?tienda=${tienda(n)}` },
    { what: '/ventas, a month by store', withinMs: 30, path: (n) => `/ventas?nivel=tienda&${month(n)}` },
    {
      what: '/ventas, a month by article of one store',
      withinMs: 200,
      path: (n) => `/ventas?nivel=articulo&tienda=${tienda(n)}&${month(n)}`,
    },
    { what: '/agotados of a store', withinMs: 250, path: (n) => `/agotados?tienda=${tienda(n)}` },
  ];
};

/** Without a number of their own, they must not be slow either. */
export const othersAt = (hoy: string): readonly Kind[] => {
  const ayer = addDias(hoy, -1);
  return [
    {
      what: '/existencias of a store, by days of cover',
      withinMs: 1_000,
      path: (n) => `/existencias?tienda=${tienda(n)}&orden=cobertura`,
    },
    { what: '/agotados of all stores', withinMs: 5_000, path: () => '/agotados' },
    {
      what: '/ventas, a month by category of one store',
      withinMs: 1_000,
      path: (n) => `/ventas?nivel=categoria&tienda=${tienda(n)}&desde=${addDias(ayer, -29)}&hasta=${ayer}`,
    },
    { what: '/descuadres of a store', withinMs: 1_000, path: (n) => `/descuadres?tienda=${tienda(n)}` },
    // Of the month of four weeks ago, as this one may have just begun.
    { what: '/datos of a month', withinMs: 1_000, path: () => `/datos?mes=${addDias(hoy, -28).slice(0, 7)}` },
  ];
};
