import { oncePerInstantanea } from './once-per-instantanea.ts';

/** A store, or a distribution centre, which sells nothing. */
export interface Tienda {
  readonly id: string;
  readonly nombre: string;
  readonly tipo: 'tienda' | 'cedi';
  /** The first day on which it sold anything, `YYYY-MM-DD`; null if it never did. */
  readonly primeraVenta: string | null;
}

/** Every open store, by name. */
export const readTiendas = oncePerInstantanea(async (client): Promise<readonly Tienda[]> => {
  const { rows } = await client.query<Tienda>({
    name: 'tiendas',
    text: `
      SELECT t.id::text, t.nombre, t.tipo, to_char(p.dia, 'YYYY-MM-DD') AS "primeraVenta"
        FROM consultas.tiendas t
        LEFT JOIN LATERAL (SELECT dia FROM consultas.ventas_dias WHERE tienda = t.id AND lineas > 0 ORDER BY dia LIMIT 1) AS p ON true
       ORDER BY t.nombre, t.id`,
  });
  return rows;
});
