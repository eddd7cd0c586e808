import type { InventarioRow, ProductoRow } from '../transform/rows.ts';

/** One warehouse's inventory, ready to replace the one in the database. */
export interface Snapshot {
  readonly ejecucionId: string;
  readonly ubicacionId: string;
  readonly almacen: string;
  /** When KLK was asked, by the database's clock. */
  readonly extraccion: Date;
  /** Products whose attributes this warehouse sets; those set by an earlier warehouse of the run are left out. */
  readonly productos: readonly ProductoRow[];
  readonly inventario: readonly InventarioRow[];
  /** Articles whose row was rejected: they keep the row they have. */
  readonly codigosRechazados: readonly string[];
  /** False when a row's code was unreadable: it may be any of the absent articles, so none is retired. */
  readonly retirarAusentes: boolean;
  /** Articles in KLK's answer, rejected ones included. */
  readonly articulos: number;
  /** Load it even if it is suspect: a person named this store. */
  readonly forzar: boolean;
}
