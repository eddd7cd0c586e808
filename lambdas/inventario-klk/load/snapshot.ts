import type { InventarioRow, ProductoRow } from '../transform/rows.ts';

/** One warehouse's inventory, ready to replace the one in the database. */
export interface Snapshot {
  readonly ejecucionId: string;
  readonly ubicacionId: string;
  readonly almacen: string;
  /** When it was asked for, in database time. */
  readonly extraccion: Date;
  /** Products whose attributes this warehouse sets; those set by an earlier warehouse of the run are left out. */
  readonly productos: readonly ProductoRow[];
  readonly inventario: readonly InventarioRow[];
  /** Articles whose row was rejected: they keep the row they have. */
  readonly codigosRechazados: readonly string[];
  /** False when some row's code was unreadable: it may be any of the absent articles, so none of them is retired. */
  readonly retirarAusentes: boolean;
  /** Articles in KLK's answer, rejected ones included. */
  readonly articulos: number;
  /** Load it even if it looks suspicious: a person named this store. */
  readonly forzar: boolean;
}
