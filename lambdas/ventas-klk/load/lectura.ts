import type { LineaRow, ProductoVentaRow, RechazoVenta } from '../transform/rows.ts';
import type { Tramo } from '../tramo.ts';

/** The accepted answer for one slice, ready to replace what the database holds of it. */
export interface LecturaLista {
  readonly ejecucionId: string;
  readonly tramo: Tramo;
  /** When it was asked for, in database time. */
  readonly extraccion: Date;
  readonly lineas: readonly LineaRow[];
  /** Products that no load of this run has looked for yet. */
  readonly productos: readonly ProductoVentaRow[];
  readonly rechazos: readonly RechazoVenta[];
  /** False when the invoice or line number of a line was unreadable: any absent line may be that one, so none is removed. */
  readonly retirarAusentes: boolean;
  readonly huella: string;
  /** Load it even if it is suspicious, because a person named its store and day. */
  readonly forzar: boolean;
}
