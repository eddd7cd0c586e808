import { Client } from 'pg';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import { copyRows } from './copy-rows.ts';
import { fetchArticulos, orNull } from './fetch-articulos.ts';
import type { Fetched } from './fetch-articulos.ts';
import type { Task } from './loader.ts';
import {
  ALMACENES,
  CAMBIADAS,
  NUEVAS,
  PRODUCTOS,
  RETIRADAS,
  SNAPSHOTS,
  STAGING,
  TERMINADAS,
  UBICACIONES,
  VERSIONES,
} from './staging.ts';

/**
 * The least cost of the same final tables: COPY sends each answer to a staging table while others arrive, then one statement per table
 * writes the difference of all warehouses. No check, no guard, no verification, no record per warehouse: one bad answer fails all stores,
 * so it is a lower bound and not a design.
 */
export async function loadFloor({ klkUrl, database, tiendas }: Task): Promise<number> {
  const client = new Client({ ...toClientConfig(database), options: '-c enable_nestloop=off -c jit=off' });
  await client.connect();
  const ahora = new Date();
  try {
    await client.query(STAGING);
    let rows = 0;
    let copying = Promise.resolve();
    await fetchArticulos(klkUrl, tiendas, (answer) => {
      rows += answer.articulos.length;
      return (copying = copying.then(() => copyAnswer(client, answer)));
    });
    await client.query('ANALYZE llegadas');
    await client.query('BEGIN');
    await client.query(UBICACIONES, [
      tiendas.map(({ id }) => id),
      tiendas.map(({ nombre }) => nombre),
      tiendas.map(({ sucursalKlk }) => sucursalKlk),
    ]);
    for (const statement of [ALMACENES, PRODUCTOS]) await client.query(statement);
    await client.query(TERMINADAS);
    await client.query('ANALYZE terminadas');
    await client.query(VERSIONES, [ahora]);
    await client.query(RETIRADAS);
    for (const statement of [CAMBIADAS, NUEVAS, SNAPSHOTS]) await client.query(statement, [ahora]);
    await client.query('COMMIT');
    return rows;
  } finally {
    await client.end();
  }
}

const copyAnswer = (client: Client, { tienda, almacen, articulos }: Fetched): Promise<void> =>
  copyRows(
    client,
    'COPY llegadas FROM STDIN',
    articulos.map((articulo) => [
      tienda.id,
      almacen,
      articulo.Codigo,
      orNull(articulo.Barra),
      articulo.NombreProducto,
      orNull(articulo.Descripcion) ?? 'SIN CATEGORIA',
      orNull(articulo.Categoria),
      orNull(articulo.Descripcion_categoria),
      orNull(articulo.Subcategoria),
      orNull(articulo.Marca),
      articulo.stock,
      articulo.Precio,
      articulo.Iva,
    ]),
  );
