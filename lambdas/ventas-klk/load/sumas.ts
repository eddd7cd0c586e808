/** The sums of a slice's lines, as canonical decimal text. Kilos and units are summed separately. */
export interface Sumas {
  readonly lineas: number;
  readonly facturas: number;
  readonly ventaTotal: string;
  readonly unidades: string;
  readonly kilos: string;
}

/** The same in the ledger's columns, in this order. */
export const COLUMNAS_SUMAS = ['lineas', 'facturas', 'venta_total', 'unidades', 'kilos'] as const;

/** SQL: the ledger's columns as `Sumas` of a row or subquery. */
export const selectSumas = (row: string): string =>
  `${row}.lineas, ${row}.facturas, trim_scale(${row}.venta_total)::text AS "ventaTotal",
   trim_scale(${row}.unidades)::text AS unidades, trim_scale(${row}.kilos)::text AS kilos`;

/** SQL: the ledger's columns of the lines that `lines` selects, by invoice first, which needs no sorting. */
export const sumLines = (lines: string): string =>
  `SELECT coalesce(sum(lineas), 0)::integer AS lineas, count(*)::integer AS facturas, coalesce(sum(venta_total), 0) AS venta_total,
          coalesce(sum(unidades), 0) AS unidades, coalesce(sum(kilos), 0) AS kilos
     FROM (SELECT count(*) AS lineas, sum(venta_total) AS venta_total,
                  sum(cantidad_vendida) FILTER (WHERE NOT es_por_peso(unidad_medida_venta)) AS unidades,
                  sum(cantidad_vendida) FILTER (WHERE es_por_peso(unidad_medida_venta)) AS kilos
             FROM ${lines}
            GROUP BY numero_factura) AS por_factura`;

export const sameSumas = (one: Sumas, other: Sumas): boolean =>
  one.lineas === other.lineas &&
  one.facturas === other.facturas &&
  one.ventaTotal === other.ventaTotal &&
  one.unidades === other.unidades &&
  one.kilos === other.kilos;
