/**
 * A line of an invoice: the columns of `ventas` that come from KLK. Numbers are canonical decimal text, so that no digit is lost and
 * equal numbers are equal texts. Amounts are in USD, those that end in `_bs` and `impuesto_monto` in bolivars.
 */
export interface LineaRow {
  readonly numero_factura: string;
  readonly linea: number;
  /** ISO 8601 with microseconds and the stores' distance from UTC. */
  readonly fecha_venta: string;
  readonly almacen_codigo: string | null;
  readonly almacen_nombre: string | null;
  readonly producto_id: string;
  readonly codigo_barras: string | null;
  readonly cantidad_vendida: string;
  /** No weight is null, as no discount: it takes no space, and most lines have none. */
  readonly peso_unitario: string | null;
  readonly peso_calculado: string | null;
  readonly unidad_medida_venta: string | null;
  readonly factor_unidad_medida: string | null;
  readonly total_cantidad_por_unidad_medida: string | null;
  readonly precio_unitario: string | null;
  readonly costo_unitario: string | null;
  readonly venta_total: string;
  readonly costo_total: string | null;
  readonly utilidad_bruta: string | null;
  readonly tasa_usd: string | null;
  readonly precio_unitario_bs: string | null;
  readonly venta_total_bs: string | null;
  readonly costo_total_bs: string | null;
  readonly impuesto_porcentaje: string | null;
  readonly impuesto_monto: string | null;
  readonly descuento_porcentaje: string | null;
  readonly descuento_monto: string | null;
  readonly descuento_fidelizacion_porcentaje: string | null;
  readonly descuento_fidelizacion_monto: string | null;
  readonly descuento_forma_pago_porcentaje: string | null;
  readonly descuento_forma_pago_monto: string | null;
  /** Of the whole invoice, repeated on each of its lines. */
  readonly total_factura: string | null;
  readonly es_no_fiscal: boolean | null;
  readonly codigo_promocion: string | null;
}

/** A row of `productos` as a line describes it, for an article that no inventory has. */
export interface ProductoVentaRow {
  readonly codigo: string;
  readonly codigo_barras: string | null;
  readonly nombre: string;
  readonly descripcion: string | null;
  readonly categoria: string;
  readonly grupo_articulo: string | null;
  readonly subgrupo: string | null;
  readonly marca: string | null;
  readonly modelo: string | null;
}

/** Why a line was rejected; stable, stored in `ventas_rechazos.motivo`, described in docs/errores.md. */
export const MOTIVOS_RECHAZO_VENTA = [
  'FILA_ILEGIBLE',
  'FACTURA_ILEGIBLE',
  'LINEA_ILEGIBLE',
  'FECHA_ILEGIBLE',
  'ALMACEN_ILEGIBLE',
  'CODIGO_ILEGIBLE',
  'CANTIDAD_ILEGIBLE',
  'VENTA_ILEGIBLE',
  'VALOR_ILEGIBLE',
  'LINEA_CONTRADICTORIA',
  /** Set by the load, which knows the other days. */
  'FACTURA_EN_OTRO_DIA',
] as const;

export type MotivoRechazoVenta = (typeof MOTIVOS_RECHAZO_VENTA)[number];

/** A line that was not loaded. What could not be read of its identity is null. */
export interface RechazoVenta {
  readonly numeroFactura: string | null;
  readonly linea: number | null;
  readonly producto: string | null;
  readonly motivo: MotivoRechazoVenta;
  /** The line as text, abridged; empty after the first `MAX_FILAS_RECHAZADAS`. */
  readonly fila: string;
}

/** The lines of a slice ready to load, and what was rejected. `extraidos = lineas + rechazos + duplicados`. */
export interface Transformed {
  /** Lines of the slice; those of the second with which the next slice begins are not counted. */
  readonly extraidos: number;
  readonly lineas: readonly LineaRow[];
  readonly productos: readonly ProductoVentaRow[];
  readonly rechazos: readonly RechazoVenta[];
  /** Lines dropped because another one is equal. */
  readonly duplicados: number;
  /** Whether the invoice or number of a rejected line is unknown: then no absent line may count as gone. */
  readonly identidadIlegible: boolean;
  /** Equal for two answers exactly when `lineas` are. */
  readonly huella: string;
  readonly camposDesconocidos: readonly string[];
}
