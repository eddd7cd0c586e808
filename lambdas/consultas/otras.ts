/** A warehouse that has some of an article. */
export type Lugar = readonly [almacen: string, tienda: string, cantidad: number];

/** Stock elsewhere: what a store has in its other warehouses. */
export interface Otra {
  readonly tienda: string;
  readonly cantidad: number;
}

/** The stock in all warehouses but this one, by store, the most first. Another warehouse of the same store counts too. */
export function toOtras(lugares: readonly Lugar[], almacen: string): Otra[] {
  const sums = new Map<string, number>();
  for (const [donde, tienda, cantidad] of lugares) {
    if (donde !== almacen) sums.set(tienda, (sums.get(tienda) ?? 0) + cantidad);
  }
  return [...sums]
    .map(([tienda, cantidad]) => ({ tienda, cantidad: roundCantidad(cantidad) }))
    .toSorted((a, b) => b.cantidad - a.cantidad || (a.tienda < b.tienda ? -1 : 1));
}

/** The stock elsewhere as one number. */
export const sumOtras = (otras: readonly Otra[]): number =>
  roundCantidad(otras.reduce((sum, { cantidad }) => sum + cantidad, 0));

/** To three decimals, which quantities have: sums of binary fractions have more. */
const roundCantidad = (cantidad: number): number => Number(cantidad.toFixed(3));
