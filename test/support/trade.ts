import { addDias, countDias, diaAt } from '../../lambdas/core/time/dia.ts';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import type { InventarioRow, ProductoRow } from '../../lambdas/inventario-klk/transform/parse-articulo.ts';
import type { TestDatabase } from './database.ts';
import { insertTiendas, load } from './inventory.ts';
import { BOSQUE, PERIFERICO, existencia, producto, snapshot } from './snapshots.ts';

/** Today in the stores. */
export const HOY = diaAt(new Date());

/** The day so many days ago. */
export const hace = (dias: number): string => addDias(HOY, -dias);

/** A moment of the day so many days ago, by the clock of the stores. */
export const moment = (dias: number, hora: string): Date => new Date(`${hace(dias)}T${hora}:00-04:00`);

/** The same as the API writes it. */
export const iso = (dias: number, hora: string): string => `${hace(dias)}T${hora}:00-04:00`;

/** What changes of an article in a warehouse; null takes it out of the inventory. */
type Change = { readonly cantidad: number; readonly precio?: number } | number | null;

/** One line of an invoice of its own. */
interface Line {
  readonly dias: number;
  readonly codigo: string;
  readonly cantidad: number;
  /** USD; as much as the quantity, unless it says otherwise. */
  readonly usd?: number;
  readonly hora?: string;
  readonly unidad?: string;
  readonly tienda?: string;
  readonly almacen?: string;
}

/** Stock and sales of a few stores in a database: PERIFERICO, which has two warehouses, and BOSQUE, unless a test names others. */
export interface Trade {
  /** What the articles are called and so on; for those that are not said, see `producto`. */
  describe(codigo: string, attributes: Partial<ProductoRow>): void;
  /** Accepts a snapshot of a warehouse: what it held, but for these changes. */
  stock(
    almacen: string,
    dias: number,
    hora: string,
    changes: Readonly<Record<string, Change>>,
  ): Promise<void>;
  sell(...lines: readonly Line[]): Promise<void>;
  /** Closes these days of sales of a store in the ledger, the first and the last included, counted back from today. */
  close(tienda: string, first: number, last: number): Promise<void>;
}

/** Begins with the stores and their empty warehouses. */
export async function startTrade(
  database: TestDatabase,
  tiendas: readonly Tienda[] = [PERIFERICO, BOSQUE],
): Promise<Trade> {
  await insertTiendas(database.etl, tiendas);
  const described = new Map<string, Partial<ProductoRow>>();
  const held = new Map<string, Map<string, InventarioRow>>();
  let lines = 0;
  return {
    describe: (codigo, attributes) => {
      described.set(codigo, attributes);
    },
    stock: async (almacen, dias, hora, changes) => {
      const rows = held.get(almacen) ?? new Map<string, InventarioRow>();
      held.set(almacen, rows);
      for (const [codigo, change] of Object.entries(changes)) {
        if (change === null) rows.delete(codigo);
        else rows.set(codigo, changed(codigo, rows.get(codigo), change));
      }
      const inventario = [...rows.values()].toSorted((a, b) => (a.producto_id < b.producto_id ? -1 : 1));
      const tienda = tiendas.find(({ almacenes }) => almacenes.some(({ codigo }) => codigo === almacen));
      await load(
        database.etl,
        snapshot(
          {},
          {
            ubicacionId: tienda?.id ?? '',
            almacen,
            extraccion: moment(dias, hora),
            productos: inventario.map(({ producto_id: codigo }) => producto(codigo, described.get(codigo))),
            inventario,
            articulos: inventario.length,
          },
        ),
      );
    },
    sell: async (...sold) => {
      await database.query(
        `INSERT INTO ventas (ubicacion_id, numero_factura, linea, fecha_venta, dia, producto_id, almacen_codigo, cantidad_vendida, unidad_medida_venta, venta_total)
         SELECT tienda, factura, 1, (dia || 'T' || hora || '-04:00')::timestamptz, dia::date, codigo, almacen, cantidad, unidad, usd
           FROM json_to_recordset($1::json) AS v (tienda text, factura text, dia text, hora text, codigo text, almacen text, cantidad numeric, unidad text, usd numeric)`,
        [
          JSON.stringify(
            sold.map(({ dias, codigo, cantidad, usd = cantidad, ...rest }) => ({
              tienda: PERIFERICO.id,
              almacen: 'APP-TPF',
              hora: '10:00',
              unidad: 'UNIDAD',
              ...rest,
              factura: `F-${String((lines += 1)).padStart(6, '0')}`,
              dia: hace(dias),
              codigo,
              cantidad,
              usd,
            })),
          ),
        ],
      );
    },
    close: async (tienda, first, last) => {
      await database.query(
        `INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta, estado, lecturas, leido, cerrado)
         SELECT $1::text, $2::date + n, '00:00', '24:00', 'cerrado', 2, now(), now() FROM generate_series(0, $3::integer) AS n`,
        [tienda, hace(first), countDias(hace(first), hace(last)) - 1],
      );
    },
  };
}

function changed(
  codigo: string,
  before: InventarioRow | undefined,
  change: NonNullable<Change>,
): InventarioRow {
  const { cantidad, precio } = typeof change === 'number' ? { cantidad: change } : change;
  return existencia(codigo, String(cantidad), {
    precio_venta: precio === undefined ? (before?.precio_venta ?? '2') : String(precio),
  });
}
