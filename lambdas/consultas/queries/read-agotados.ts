import type { Queryable } from '../../core/postgres/connection.ts';
import type { Lugar } from '../stock-elsewhere.ts';
import type { Articulo, Unidad } from '../schemas.ts';

/** An article that sells and is out of stock in a warehouse. */
interface Agotado extends Articulo {
  readonly tienda: string;
  readonly almacen: string;
  readonly cantidad: number;
  readonly desde: string;
  readonly desdeConocido: boolean;
  readonly horas: number;
  readonly ventaDiaria: number;
  readonly unidadesNoVendidas: number;
  readonly usdNoVendidos: number;
  readonly ultimoPrecioUsd: number;
  readonly ultimaVenta: string;
  readonly unidad: Unidad;
  /** All warehouses with stock of it, this one included. */
  readonly lugares: readonly Lugar[];
  /** The sort key before code and warehouse: USD as a decimal. */
  readonly usd: string;
}

/** The place after a row, and until when the first page counted. */
export interface ClaveAgotado {
  readonly momento: string;
  readonly usd: string;
  readonly codigo: string;
  readonly almacen: string;
}

/** A page, and what all pages have together. */
export interface Agotados {
  readonly filas: readonly Agotado[];
  readonly articulos: number;
  readonly usdNoVendidos: number;
  /** The first day whose sales were counted; null without an article. */
  readonly primerDia: string | null;
  /** Until when hours are counted, as PostgreSQL writes it; null without a snapshot. */
  readonly momento: string | null;
}

type Totales = Omit<Agotados, 'filas'>;

/** Which stores, and which page. */
export interface AgotadosFilter {
  readonly hoy: string;
  readonly tiendas: readonly string[];
  readonly after: ClaveAgotado | undefined;
  readonly limit: number;
}

/** A page of what sells and is not there; `limit` rows at most. */
export async function readAgotados(
  client: Queryable,
  { hoy, tiendas, after, limit }: AgotadosFilter,
): Promise<Agotados> {
  const { rows } = await client.query<{ totales: Totales; fila: Agotado | null }>({
    name: 'agotados',
    text: `SELECT json_build_object('articulos', articulos, 'usdNoVendidos', usd_total, 'primerDia', to_char(primer_dia, 'YYYY-MM-DD'),
                              'momento', to_char(momento AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) AS totales,
            CASE WHEN codigo IS NOT NULL THEN json_build_object(
              'tienda', tienda, 'almacen', almacen, 'codigo', codigo, 'nombre', nombre, 'categoria', categoria, 'marca', marca,
              'cantidad', round(cantidad, 3), 'desde', consultas.iso(desde), 'desdeConocido', desde_conocido, 'horas', horas, 'ventaDiaria', venta_diaria,
              'unidadesNoVendidas', no_vendidas, 'usdNoVendidos', usd, 'ultimoPrecioUsd', ultimo_precio, 'ultimaVenta', to_char(ultima_venta, 'YYYY-MM-DD'),
              'unidad', unidad, 'lugares', lugares, 'usd', usd::text) END AS fila
       FROM consultas.agotados($1::date, $2::text[], $3::timestamptz, $4::numeric, $5::text, $6::text, $7::integer)`,
    values: [hoy, tiendas, after?.momento, after?.usd, after?.codigo, after?.almacen, limit],
  });
  const [first] = rows;
  if (first === undefined) throw new TypeError('Its first row has the totals, always');
  return { ...first.totales, filas: rows.flatMap(({ fila }) => fila ?? []) };
}
