import type { LineaRow, ProductoVentaRow, RechazoVenta } from '../transform/rows.ts';
import type { Tramo } from '../tramo.ts';

/** The answer for one slice, ready to replace the lines in the database. */
export interface TramoReading {
  readonly ejecucionId: string;
  readonly tramo: Tramo;
  /** When KLK was asked, by the database's clock. */
  readonly extraccion: Date;
  readonly lineas: readonly LineaRow[];
  /** Products to insert. `createLoader` leaves out those that an earlier slice of the run has brought. */
  readonly productos: readonly ProductoVentaRow[];
  readonly rechazos: readonly RechazoVenta[];
  /** False when a line's invoice or number was unreadable: it may be any of the absent lines, so none is removed. */
  readonly retirarAusentes: boolean;
  readonly huella: string;
  /** Load it even if it is suspect: a person named its store and day. */
  readonly forzar: boolean;
}
