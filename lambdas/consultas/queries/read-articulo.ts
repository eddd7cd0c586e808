import type { Queryable } from '../../core/postgres/connection.ts';
import type { Articulo } from '../schemas.ts';

/** All that an article is. */
export interface ArticuloEntero extends Articulo {
  readonly codigoBarras: string | null;
  readonly presentacion: string | null;
}

/** An article; undefined if there is none of this code. */
export async function readArticulo(client: Queryable, codigo: string): Promise<ArticuloEntero | undefined> {
  const { rows } = await client.query<ArticuloEntero>({
    name: 'articulo',
    text: `SELECT codigo::text, nombre, categoria, marca, codigo_barras AS "codigoBarras", presentacion FROM consultas.articulos WHERE codigo = $1::text`,
    values: [codigo],
  });
  return rows[0];
}

/** An article in a warehouse. What it sells is null in the stores of others. */
export interface ArticuloEnTienda {
  readonly tienda: string;
  readonly nombre: string;
  readonly almacen: string;
  readonly cantidad: number;
  readonly desde: string;
  /** Since when there is none; null where there is some. */
  readonly agotadoDesde: string | null;
  /** Whether there was some before. */
  readonly agotadoConocido: boolean | null;
  readonly precioUsd: number | null;
  readonly ventas28: number | null;
  readonly diasCobertura: number | null;
}

/** An article in all stores, by name; sales only of the stores in `propias`. */
export async function readArticuloTiendas(
  client: Queryable,
  codigo: string,
  hoy: string,
  propias: readonly string[],
): Promise<readonly ArticuloEnTienda[]> {
  const { rows } = await client.query<ArticuloEnTienda>({
    name: 'articulo-almacenes',
    text: `SELECT tienda, nombre, almacen, round(cantidad, 3)::float8 AS cantidad, consultas.iso(desde) AS desde, consultas.iso(agotado_desde) AS "agotadoDesde",
            agotado_conocido AS "agotadoConocido", round(precio, 2)::float8 AS "precioUsd", round(ventas_28, 3)::float8 AS ventas28,
            dias_cobertura::float8 AS "diasCobertura"
       FROM consultas.articulo_almacenes($1::text, $2::date, $3::text[])`,
    values: [codigo, hoy, propias],
  });
  return rows;
}

/** A store's article and days, both included. */
export interface ArticuloYDias {
  readonly tienda: string;
  readonly codigo: string;
  readonly desde: string;
  readonly hasta: string;
}

/** A version of an article in a warehouse, in force in [`inicio`, `fin`); `fin` is null if it was so until the end of the days asked for. */
export interface Version {
  readonly almacen: string;
  readonly cantidad: number;
  readonly precioUsd: number | null;
  readonly inicio: string;
  readonly fin: string | null;
}

/** The versions that were in force on these days, by warehouse, oldest first. */
export async function readArticuloVersiones(
  client: Queryable,
  { tienda, codigo, desde, hasta }: ArticuloYDias,
): Promise<readonly Version[]> {
  const { rows } = await client.query<Version>({
    name: 'articulo-versiones',
    text: `SELECT almacen, round(cantidad, 3)::float8 AS cantidad, round(precio, 2)::float8 AS "precioUsd", consultas.iso(inicio) AS inicio,
            CASE WHEN fin < ($4::date + 1)::timestamp AT TIME ZONE 'America/Caracas' THEN consultas.iso(fin) END AS fin
       FROM consultas.articulo_versiones($1::text, $2::text, $3::date, $4::date)`,
    values: [tienda, codigo, desde, hasta],
  });
  return rows;
}

/** What an article sold on a day. */
export interface VentaDeDia {
  readonly dia: string;
  readonly unidades: number;
  readonly kilos: number;
  readonly ventaUsd: number;
  readonly facturas: number;
  readonly estado: 'completo' | 'provisional' | 'falta' | 'fallido';
}

/** What an article sold, day by day. */
export async function readArticuloVentas(
  client: Queryable,
  { tienda, codigo, desde, hasta }: ArticuloYDias,
  hoy: string,
): Promise<readonly VentaDeDia[]> {
  const { rows } = await client.query<VentaDeDia>({
    name: 'articulo-ventas',
    text: `SELECT to_char(dia, 'YYYY-MM-DD') AS dia, round(unidades, 3)::float8 AS unidades, round(kilos, 3)::float8 AS kilos,
            round(venta_total, 2)::float8 AS "ventaUsd", facturas, estado
       FROM consultas.articulo_ventas($1::text, $2::text, $3::date, $4::date, $5::date)`,
    values: [tienda, codigo, desde, hasta, hoy],
  });
  return rows;
}

/** What arrived, or is missing below zero, between two snapshots. */
export interface Movimiento {
  readonly almacen: string;
  readonly desde: string;
  readonly hasta: string;
  readonly diferencia: number;
}

/** What of an article arrived or is missing, day by day. */
export async function readArticuloMovimientos(
  client: Queryable,
  { tienda, codigo, desde, hasta }: ArticuloYDias,
): Promise<readonly Movimiento[]> {
  const { rows } = await client.query<Movimiento>({
    name: 'articulo-movimientos',
    text: `SELECT almacen, consultas.iso(inicio) AS desde, consultas.iso(fin) AS hasta, round(diferencia, 3)::float8 AS diferencia
       FROM consultas.articulo_movimientos($1::text, $2::text, $3::date, $4::date)`,
    values: [tienda, codigo, desde, hasta],
  });
  return rows;
}
