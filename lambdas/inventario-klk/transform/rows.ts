/** A row of `productos` as KLK describes it. */
export interface ProductoRow {
  readonly codigo: string;
  readonly codigo_barras: string | null;
  readonly nombre: string;
  readonly descripcion: string | null;
  readonly categoria: string;
  readonly categoria_codigo: string | null;
  readonly grupo_articulo: string | null;
  readonly subgrupo: string | null;
  readonly marca: string | null;
}

/** A row of `inventario_vigente`; numbers are decimal text, so that no digit is lost. */
export interface InventarioRow {
  readonly producto_id: string;
  readonly cantidad: string;
  readonly precio_venta: string | null;
  readonly iva: string | null;
}

/** Why a row was rejected; stable, stored in `etl_rechazos.motivo`. */
export type MotivoRechazo =
  'FILA_ILEGIBLE' | 'CODIGO_ILEGIBLE' | 'EXISTENCIA_ILEGIBLE' | 'EXISTENCIA_CONTRADICTORIA';

/** A row that was not loaded. `codigo` is null when it could not be read. */
export interface Rechazo {
  readonly codigo: string | null;
  readonly motivo: MotivoRechazo;
  /** The row as text, abridged; empty after the first `MAX_FILAS_RECHAZADAS`. */
  readonly fila: string;
}

/** Rows ready to load, and what was rejected or repaired. */
export interface Transformado {
  readonly productos: readonly ProductoRow[];
  readonly inventario: readonly InventarioRow[];
  readonly rechazos: readonly Rechazo[];
  /** Rows dropped because another row of the same article has the same stock. */
  readonly duplicados: number;
  /** Rows whose stock loads with a NULL price or tax, because it was missing or unreadable. */
  readonly preciosIlegibles: number;
  /** Texts in which characters were replaced, or that were no text at all. */
  readonly textosLimpiados: number;
  readonly camposDesconocidos: readonly string[];
}
