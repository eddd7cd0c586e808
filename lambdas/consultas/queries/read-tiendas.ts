import { oncePerInstantanea } from './once-per-instantanea.ts';

/** A store, or a distribution centre, which sells nothing. */
export interface Tienda {
  readonly id: string;
  readonly nombre: string;
  readonly tipo: 'tienda' | 'cedi';
}

/** Every open store, by name. */
export const readTiendas = oncePerInstantanea(async (client): Promise<readonly Tienda[]> => {
  const { rows } = await client.query<Tienda>({
    name: 'tiendas',
    text: 'SELECT id::text, nombre, tipo FROM consultas.tiendas ORDER BY nombre, id',
  });
  return rows;
});
