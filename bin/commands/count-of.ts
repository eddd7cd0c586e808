/** A number with its noun: `1 tienda`, `2 tiendas`, `0 tiendas`. */
export const countOf = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;
