import type { Tienda } from '../lambdas/core/config/catalogo.ts';

/** Articles of a warehouse, as the chain's stores have them. */
export const ARTICULOS = 3_860;

/** A chain of so many stores of one warehouse each. */
export function createTiendas(cuantas: number): Tienda[] {
  return Array.from({ length: cuantas }, (_, index) => {
    const numero = String(index + 1).padStart(3, '0');
    return {
      // As long as those of the chain: the width of a key counts.
      id: `tienda_${String(index + 1).padStart(2, '0')}`,
      nombre: `TIENDA ${numero}`,
      tipo: 'tienda',
      activa: true,
      almacenes: [{ codigo: `ALM-${numero}`, nombre: 'PISO DE VENTA' }],
      sucursalKlk: `SUC${numero}`,
    };
  });
}
