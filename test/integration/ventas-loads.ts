import { expect } from '@jest/globals';
import { openConnection } from '../../lambdas/core/postgres/connection.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import type { TramoReading } from '../../lambdas/ventas-klk/load/reading.ts';
import { loadTramo } from '../../lambdas/ventas-klk/load/load-tramo.ts';
import type { LoadCounts } from '../../lambdas/ventas-klk/load/load-tramo.ts';
import type { LineaRow, RechazoVenta } from '../../lambdas/ventas-klk/transform/rows.ts';
import type { TestDatabase } from '../support/database.ts';
import { ejecucion } from '../support/snapshots.ts';
import { clearTables } from '../support/inventory.ts';
import { expectLedgerTrue } from '../support/ventas-scene.ts';

/** A store's morning, read in the afternoon. */
export const TRAMO = { tienda: 'tienda_a', dia: '2026-11-24', desde: '08:00', hasta: '09:00' };
export const LATER = { ...TRAMO, desde: '09:00', hasta: '10:00' };

/** A moment of the scene's days, such as `24 15:00`, by the stores' clocks. */
export const when = (momento: string): Date =>
  new Date(`2026-11-${momento.slice(0, 2)}T${momento.slice(3)}:00-04:00`);

/** A line of an invoice, of ten minutes past eight. */
export const linea = (factura: string, numero = 1, changes: Partial<LineaRow> = {}): LineaRow => ({
  numero_factura: factura,
  linea: numero,
  fecha_venta: '2026-11-24T08:10:00.250000-04:00',
  almacen_codigo: 'PISO-a',
  almacen_nombre: 'PISO DE VENTA',
  producto_id: '000001',
  codigo_barras: null,
  cantidad_vendida: '2',
  peso_unitario: null,
  peso_calculado: null,
  unidad_medida_venta: 'UNIDAD',
  factor_unidad_medida: '1',
  total_cantidad_por_unidad_medida: '2',
  precio_unitario: '1.5',
  costo_unitario: '1',
  venta_total: '3',
  costo_total: '2',
  utilidad_bruta: '1',
  tasa_usd: '236.46',
  precio_unitario_bs: '354.69',
  venta_total_bs: '709.38',
  costo_total_bs: '472.92',
  impuesto_porcentaje: '16',
  impuesto_monto: '113.5',
  descuento_porcentaje: null,
  descuento_monto: null,
  descuento_fidelizacion_porcentaje: null,
  descuento_fidelizacion_monto: null,
  descuento_forma_pago_porcentaje: null,
  descuento_forma_pago_monto: null,
  total_factura: '822.88',
  es_no_fiscal: false,
  codigo_promocion: null,
  ...changes,
});

/** So many invoices of one line. */
export const facturas = (count: number, from = 1): LineaRow[] =>
  Array.from({ length: count }, (_, index) => linea(`F-${String(from + index).padStart(4, '0')}`));

/** A rejected line. */
export const rechazo = (numeroFactura: string | null, numero: number | null): RechazoVenta => ({
  numeroFactura,
  linea: numero,
  producto: null,
  motivo: 'CANTIDAD_ILEGIBLE',
  fila: '{}',
});

/** An answer of these lines, read at three in the afternoon unless it says otherwise. */
export const reading = (lineas: readonly LineaRow[], changes: Partial<TramoReading> = {}): TramoReading => ({
  ejecucionId: ejecucion(1),
  tramo: TRAMO,
  extraccion: when('24 15:00'),
  lineas,
  productos: [...new Set(lineas.map(({ producto_id }) => producto_id))].sort().map((codigo) => ({
    codigo,
    codigo_barras: null,
    nombre: `ARTICULO ${codigo}`,
    descripcion: null,
    categoria: 'VIVERES',
    grupo_articulo: null,
    subgrupo: null,
    marca: null,
    modelo: null,
  })),
  rechazos: [],
  retirarAusentes: true,
  huella: JSON.stringify(lineas),
  forzar: false,
  ...changes,
});

/** Loads an answer as the pipeline does, on a connection of its own, and checks that the tables agree with each other afterwards. */
export async function load(
  database: Pick<TestDatabase, 'query' | 'etl'>,
  answer: TramoReading,
  settings: DatabaseSettings = database.etl,
): Promise<LoadCounts | undefined> {
  const session = { applicationName: 'prueba', statementTimeoutMs: 5_000 };
  const connection = await openConnection(() => Promise.resolve(settings), session, deadlineIn(10_000));
  try {
    return await loadTramo(connection, answer, { badLines: 0.3, empty: 50, gone: 0.02 }, deadlineIn(20_000));
  } finally {
    await connection.close();
    await expectLedgerTrue(database);
  }
}

/** The same, until no other session holds the slice: that of a load that was cut off may still do so. */
export async function loadOnceFree(
  ...args: Parameters<typeof load>
): Promise<NonNullable<Awaited<ReturnType<typeof load>>>> {
  for (;;) {
    const counts = await load(...args);
    if (counts !== undefined) return counts;
  }
}

/** Empty tables with the two slices of the morning, and what lies before and behind them. */
export async function resetTramos(database: TestDatabase): Promise<void> {
  await clearTables(database);
  await database.query(
    `INSERT INTO ubicaciones (id, nombre, codigo_klk, tipo) VALUES ('tienda_a', 'ALTAMIRA', 'SUC-a', 'tienda')`,
  );
  await database.query(
    `INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta)
     SELECT 'tienda_a', dia, desde, hasta
       FROM unnest('{2026-11-23, 2026-11-24}'::date[]) AS dia,
            unnest('{00:00, 08:00, 09:00, 10:00}'::time[], '{08:00, 09:00, 10:00, 24:00}'::time[]) AS t (desde, hasta)`,
  );
}

/** The lines held, as `invoice/line quantity` in their order. */
export async function readLineas(database: Pick<TestDatabase, 'query'>): Promise<string[]> {
  const rows = await database.query(
    `SELECT numero_factura || '/' || linea || ' ' || trim_scale(cantidad_vendida) AS vendido FROM ventas ORDER BY 1`,
  );
  return rows.map(({ vendido }) => String(vendido));
}

/** What the ledger says of one slice. */
export async function readTramo(
  database: Pick<TestDatabase, 'query'>,
  { tienda, dia, desde }: typeof TRAMO = TRAMO,
): Promise<Record<string, unknown>> {
  const [row] = await database.query(
    `SELECT estado, lineas, facturas, trim_scale(venta_total)::text AS venta, lecturas, rechazadas, error_codigo,
            leido, ultimo_cambio, huella
       FROM ventas_tramos WHERE ubicacion_id = $1::text AND dia = $2::date AND desde = $3::time`,
    [tienda, dia, desde],
  );
  expect(row).toBeDefined();
  return row ?? {};
}
