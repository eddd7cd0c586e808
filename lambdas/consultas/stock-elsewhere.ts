/** A warehouse that has some of an article. */
export type Lugar = readonly [almacen: string, tienda: string, cantidad: number];

/** Stock elsewhere: how much of an article a store has in other warehouses. */
export interface Otra {
  readonly tienda: string;
  readonly cantidad: number;
}

/** The stock in all warehouses but this one, by store, the largest first. Another warehouse of the same store counts too. */
export function toOtras(lugares: readonly Lugar[], almacen: string): Otra[] {
  const sums = new Map<string, number>();
  for (const [donde, tienda, cantidad] of lugares) {
    if (donde !== almacen) sums.set(tienda, (sums.get(tienda) ?? 0) + cantidad);
  }
  return [...sums]
    .map(([tienda, cantidad]) => ({ tienda, cantidad: roundCantidad(cantidad) }))
    .toSorted((a, b) => b.cantidad - a.cantidad || (a.tienda < b.tienda ? -1 : 1));
}

/** The total stock elsewhere. */
export const sumOtras = (otras: readonly Otra[]): number =>
  roundCantidad(otras.reduce((sum, { cantidad }) => sum + cantidad, 0));

/** Rounds to the three decimals that quantities have; sums of floating-point numbers have more. */
const roundCantidad = (cantidad: number): number => Number(cantidad.toFixed(3));
