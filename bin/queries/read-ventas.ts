import type { Queryable } from '../../lambdas/core/postgres/connection.ts';
import type { LineaRow } from '../../lambdas/ventas-klk/transform/rows.ts';

/** The columns of a line that come from KLK, and how the database writes each as the transformation does. */
const COLUMNAS: Readonly<Record<keyof LineaRow, 'texto' | 'entero' | 'momento' | 'decimal' | 'siNo'>> = {
  numero_factura: 'texto',
  linea: 'entero',
  fecha_venta: 'momento',
  almacen_codigo: 'texto',
  almacen_nombre: 'texto',
  producto_id: 'texto',
  codigo_barras: 'texto',
  cantidad_vendida: 'decimal',
  peso_unitario: 'decimal',
  peso_calculado: 'decimal',
  unidad_medida_venta: 'texto',
  factor_unidad_medida: 'decimal',
  total_cantidad_por_unidad_medida: 'decimal',
  precio_unitario: 'decimal',
  costo_unitario: 'decimal',
  venta_total: 'decimal',
  costo_total: 'decimal',
  utilidad_bruta: 'decimal',
  tasa_usd: 'decimal',
  precio_unitario_bs: 'decimal',
  venta_total_bs: 'decimal',
  costo_total_bs: 'decimal',
  impuesto_porcentaje: 'decimal',
  impuesto_monto: 'decimal',
  descuento_porcentaje: 'decimal',
  descuento_monto: 'decimal',
  descuento_fidelizacion_porcentaje: 'decimal',
  descuento_fidelizacion_monto: 'decimal',
  descuento_forma_pago_porcentaje: 'decimal',
  descuento_forma_pago_monto: 'decimal',
  total_factura: 'decimal',
  es_no_fiscal: 'siNo',
  codigo_promocion: 'texto',
};

const WRITTEN = {
  texto: (columna: string) => columna,
  entero: (columna: string) => `${columna}::integer AS ${columna}`,
  momento: (columna: string) =>
    `to_char(${columna} AT TIME ZONE 'America/Caracas', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '-04:00' AS ${columna}`,
  decimal: (columna: string) => `trim_scale(${columna})::text AS ${columna}`,
  siNo: (columna: string) => columna,
} as const;

const SELECTED = Object.entries(COLUMNAS)
  .map(([columna, forma]) => WRITTEN[forma](columna))
  .join(', ');

/** The lines that the database holds of a store's day, in the form in which the transformation writes them. */
export async function readLineas(client: Queryable, tienda: string, dia: string): Promise<LineaRow[]> {
  const { rows } = await client.query<LineaRow>(
    `SELECT ${SELECTED} FROM ventas WHERE ubicacion_id = $1::text AND dia = $2::date`,
    [tienda, dia],
  );
  return rows;
}

/** The invoices, of these, that the store has on another day within 35 days: the load rejects their lines. */
export async function readFacturasDeOtroDia(
  client: Queryable,
  tienda: string,
  dia: string,
  facturas: readonly string[],
): Promise<string[]> {
  const { rows } = await client.query<{ factura: string }>(
    `SELECT DISTINCT numero_factura AS factura FROM ventas
      WHERE ubicacion_id = $1::text AND numero_factura = ANY ($3::text[])
        AND dia BETWEEN $2::date - 35 AND $2::date + 35 AND dia <> $2::date`,
    [tienda, dia, facturas],
  );
  return rows.map(({ factura }) => factura);
}

/** A slice of the ledger, as far as a comparison needs it. */
export interface TramoLeido {
  /** `HH:MM`. */
  readonly desde: string;
  readonly hasta: string;
  readonly leido: Date | null;
}

/** The slices of a store's day, in order; empty for a day that the ledger does not know. */
export async function readTramos(client: Queryable, tienda: string, dia: string): Promise<TramoLeido[]> {
  const { rows } = await client.query<TramoLeido>(
    `SELECT left(desde::text, 5) AS desde, left(hasta::text, 5) AS hasta, leido
       FROM ventas_tramos WHERE ubicacion_id = $1::text AND dia = $2::date ORDER BY desde`,
    [tienda, dia],
  );
  return rows;
}

/** The lines that the database holds of an hour, and when it read all of it. */
export async function readHora(
  client: Queryable,
  {
    tienda,
    dia,
    desde,
    hasta,
  }: { readonly tienda: string; readonly dia: string; readonly desde: string; readonly hasta: string },
): Promise<{ readonly lineas: readonly string[]; readonly leido: Date | null }> {
  const { rows } = await client.query<{ lineas: string[]; leido: Date | null }>(
    `SELECT ARRAY(SELECT numero_factura || ' ' || linea FROM ventas
                   WHERE ubicacion_id = $1::text AND dia = $2::date
                     AND fecha_venta >= ($2::date + $3::time) AT TIME ZONE 'America/Caracas'
                     AND fecha_venta < ($2::date + $4::time) AT TIME ZONE 'America/Caracas') AS lineas,
            (SELECT CASE WHEN count(*) = count(leido) THEN min(leido) END FROM ventas_tramos
              WHERE ubicacion_id = $1::text AND dia = $2::date AND desde < $4::time AND hasta > $3::time) AS leido`,
    [tienda, dia, desde, hasta],
  );
  return rows[0] ?? { lineas: [], leido: null };
}

/** Counts the returned lines of the past week. */
export async function countNegativas(client: Queryable, tienda: string): Promise<number> {
  const { rows } = await client.query<{ lineas: number }>(
    `SELECT count(*)::integer AS lineas FROM ventas
      WHERE ubicacion_id = $1::text AND dia > (now() AT TIME ZONE 'America/Caracas')::date - 7 AND cantidad_vendida < 0`,
    [tienda],
  );
  return rows[0]?.lineas ?? 0;
}
