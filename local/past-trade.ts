import { randomUUID } from 'node:crypto';
import type { Almacen, Tienda } from '../lambdas/core/config/catalogo.ts';
import type { Queryable } from '../lambdas/core/postgres/connection.ts';
import type { DatabaseSettings } from '../lambdas/core/postgres/settings.ts';
import { inTransaction } from '../lambdas/core/postgres/transaction.ts';
import { ensureUbicaciones } from '../lambdas/core/run/ensure-ubicaciones.ts';
import { addDias, diaAt, startOfDia } from '../lambdas/core/time/dia.ts';
import { ensureAlmacenes } from '../lambdas/inventario-klk/load/prepare-database.ts';
import { upsertProductos } from '../lambdas/inventario-klk/load/upsert-productos.ts';
import type { InventarioRow, ProductoRow } from '../lambdas/inventario-klk/transform/parse-articulo.ts';
import { transformInventario } from '../lambdas/inventario-klk/transform/transform-inventario.ts';
import { withClient } from '../lambdas/migraciones/migration-session.ts';
import { ensureTramos } from '../lambdas/ventas-klk/load/read-tramos.ts';
import type { ArticuloKlk } from './klk-simulator/articulos.ts';
import type { KlkSimulator } from './klk-simulator/server.ts';

/** Whole days of the past. */
export const DIAS_DE_PASADO = 60;

/** The first snapshot of a day, after midnight, and the time between two snapshots. */
const PRIMERO_MS = 30 * 60_000;
const CADA_MS = 3 * 3_600_000;
const POR_DIA = 8;

/** What `createPast` needs. */
export interface PastOptions {
  /** Of these, the active stores get a past. */
  readonly tiendas: readonly Tienda[];
  /** What KLK would have answered. */
  readonly klk: Pick<KlkSimulator, 'articulos'>;
  /** The past ends before it. */
  readonly ahora: Date;
  readonly dias?: number;
  /** Called when the database is known to be empty. */
  readonly onBegin?: () => void;
}

/** What `createPast` made. */
export interface Past {
  /** Its days of sales, which wait to be read; both included. */
  readonly desde: string;
  readonly hasta: string;
  readonly snapshots: number;
  readonly versiones: number;
}

/** A snapshot as it was accepted. */
interface PastSnapshot {
  readonly extraccion: Date;
  readonly ejecucionId: string;
  readonly articulos: number;
  readonly suma: string;
}

/** An article's stock and price, and since when. */
interface Vigente extends InventarioRow {
  readonly desde: Date;
}

/** The same until another followed. */
interface Version extends Vigente {
  readonly hasta: Date;
  readonly precioSiguiente: string | null;
}

interface PastAlmacen {
  readonly productos: readonly ProductoRow[];
  readonly versiones: readonly Version[];
  readonly vigentes: readonly Vigente[];
  readonly snapshots: readonly PastSnapshot[];
}

/**
 * Gives an empty database a past, in one transaction: the stock that the pipeline would have found every three hours of the last days, and
 * the days of sales as gaps, which the pipeline reads. Returns undefined, having done nothing, when the database holds a snapshot, a day of
 * sales or a run. `settings` must own the schema.
 * @throws PipelineError `BD_*`
 */
export function createPast(settings: DatabaseSettings, options: PastOptions): Promise<Past | undefined> {
  return withClient(settings, (client) =>
    inTransaction(client, async () => {
      if (!(await isEmpty(client))) return undefined;
      options.onBegin?.();
      return writePast(client, options);
    }),
  );
}

/** Runs ANALYZE, because this server is rarely up for long enough for autovacuum to do it. */
export const analyzePast = (settings: DatabaseSettings): Promise<void> =>
  withClient(settings, async (client) => {
    await client.query('VACUUM (ANALYZE)');
  });

async function writePast(client: Queryable, options: PastOptions): Promise<Past> {
  const { klk, ahora, dias = DIAS_DE_PASADO } = options;
  const tiendas = options.tiendas.filter(({ activa }) => activa);
  const hoy = diaAt(ahora);
  const [desde, hasta] = [addDias(hoy, -dias), addDias(hoy, -1)];
  await ensureUbicaciones(client, tiendas);
  await ensureAlmacenes(client, tiendas);
  const momentos = listMomentos(desde, ahora);
  const ejecuciones = momentos.map((momento) => ({ momento, ejecucionId: randomUUID() }));
  let versiones = 0;
  let snapshots = 0;
  for (const [index, { tienda, almacen }] of tiendas.flatMap(toAlmacenes).entries()) {
    const past = createPastAlmacen(almacen.codigo, ejecuciones, klk);
    await insertAlmacen(client, tienda.id, almacen.codigo, past);
    // The partitions are those of the months that the first warehouse filled.
    if (index === 0) await createParticiones(client, desde);
    versiones += past.versiones.length;
    snapshots += past.snapshots.length;
  }
  const vendedoras = tiendas.filter(({ tipo }) => tipo === 'tienda').map(({ id }) => id);
  await ensureTramos(client, vendedoras, { desde, hasta }, hoy, false);
  return { desde, hasta, snapshots, versiones };
}

const toAlmacenes = (tienda: Tienda): { readonly tienda: Tienda; readonly almacen: Almacen }[] =>
  tienda.almacenes.map((almacen) => ({ tienda, almacen }));

/** The moments of the snapshots from a day on. */
function listMomentos(desde: string, ahora: Date): Date[] {
  const momentos: Date[] = [];
  for (let dia = desde; startOfDia(dia) < ahora; dia = addDias(dia, 1)) {
    for (let index = 0; index < POR_DIA; index += 1) {
      momentos.push(new Date(startOfDia(dia).getTime() + PRIMERO_MS + index * CADA_MS));
    }
  }
  return momentos.filter((momento) => momento < ahora);
}

/** The versions that loads of these answers, one after the other, would have made. Only rows that differ from the answer before are transformed. */
function createPastAlmacen(
  almacen: string,
  ejecuciones: readonly { readonly momento: Date; readonly ejecucionId: string }[],
  klk: PastOptions['klk'],
): PastAlmacen {
  const productos: ProductoRow[] = [];
  const vigentes = new Map<string, Vigente>();
  const versiones: Version[] = [];
  let previous: readonly ArticuloKlk[] = [];
  const snapshots = ejecuciones.map(({ momento, ejecucionId }): PastSnapshot => {
    const articulos = klk.articulos(almacen, momento);
    const transformado = transformInventario(
      articulos.filter((articulo, index) => differs(articulo, previous[index])),
    );
    if (previous.length === 0) productos.push(...transformado.productos);
    previous = articulos;
    for (const nueva of transformado.inventario) {
      const vigente = vigentes.get(nueva.producto_id);
      if (vigente !== undefined)
        versiones.push({ ...vigente, hasta: momento, precioSiguiente: nueva.precio_venta });
      vigentes.set(nueva.producto_id, { ...nueva, desde: momento });
    }
    return { extraccion: momento, ejecucionId, articulos: articulos.length, suma: sumStocks(articulos) };
  });
  return { productos, versiones, vigentes: [...vigentes.values()], snapshots };
}

const differs = (articulo: ArticuloKlk, before: ArticuloKlk | undefined): boolean =>
  articulo.stock !== before?.stock || articulo.Precio !== before.Precio;

/** The sum of the stocks as decimal text. They are whole thousandths, which a double adds up exactly. */
const sumStocks = (articulos: readonly ArticuloKlk[]): string =>
  String(articulos.reduce((sum, { stock }) => sum + Math.round(1000 * stock), 0) / 1000);

async function insertAlmacen(
  client: Queryable,
  tienda: string,
  almacen: string,
  { productos, versiones, vigentes, snapshots }: PastAlmacen,
): Promise<void> {
  const [first] = snapshots;
  if (first === undefined) return;
  await upsertProductos(client, {
    ...first,
    ubicacionId: tienda,
    almacen,
    productos,
    inventario: [],
    codigosRechazados: [],
    retirarAusentes: true,
    forzar: false,
  });
  await insertVersiones(client, tienda, almacen, versiones);
  await insertVigentes(client, tienda, almacen, vigentes);
  await insertSnapshots(client, tienda, almacen, snapshots);
}

/** Whether no pipeline ever ran on the database. */
async function isEmpty(client: Queryable): Promise<boolean> {
  const { rows } = await client.query<{ vacia: boolean }>(
    `SELECT NOT EXISTS (SELECT FROM almacen_snapshots) AND NOT EXISTS (SELECT FROM ventas_tramos)
            AND NOT EXISTS (SELECT FROM etl_ejecuciones) AS vacia`,
  );
  return rows[0]?.vacia === true;
}

async function createParticiones(client: Queryable, ventasDesde: string): Promise<void> {
  await client.query('SELECT crear_particiones($1::date)', [ventasDesde]);
}

/** Values without commas as one parameter, which pg need not quote one by one. */
const joined = (values: readonly (string | null)[]): string => values.map((value) => value ?? '').join(',');

const joinedTimes = (moments: readonly Date[]): string =>
  joined(moments.map((moment) => moment.toISOString()));

async function insertVersiones(
  client: Queryable,
  tienda: string,
  almacen: string,
  versiones: readonly Version[],
): Promise<void> {
  await client.query(
    `INSERT INTO inventario_versiones
            (ubicacion_id, almacen_codigo, producto_id, cantidad, precio_venta, iva, vigente_desde, vigente_hasta,
             cambia_precio, precio_siguiente)
     SELECT $1::text, $2::text, producto_id, cantidad, precio, iva, desde, hasta,
            precio IS DISTINCT FROM siguiente, CASE WHEN precio IS DISTINCT FROM siguiente THEN siguiente END
       FROM unnest($3::text[], string_to_array($4::text, ',')::numeric[], string_to_array($5::text, ',', '')::numeric[],
                   string_to_array($6::text, ',', '')::numeric[], string_to_array($7::text, ',')::timestamptz[],
                   string_to_array($8::text, ',')::timestamptz[], string_to_array($9::text, ',', '')::numeric[])
            AS v (producto_id, cantidad, precio, iva, desde, hasta, siguiente)`,
    [
      tienda,
      almacen,
      versiones.map(({ producto_id }) => producto_id),
      joined(versiones.map(({ cantidad }) => cantidad)),
      joined(versiones.map(({ precio_venta }) => precio_venta)),
      joined(versiones.map(({ iva }) => iva)),
      joinedTimes(versiones.map(({ desde }) => desde)),
      joinedTimes(versiones.map(({ hasta }) => hasta)),
      joined(versiones.map(({ precioSiguiente }) => precioSiguiente)),
    ],
  );
}

async function insertVigentes(
  client: Queryable,
  tienda: string,
  almacen: string,
  vigentes: readonly Vigente[],
): Promise<void> {
  await client.query(
    `INSERT INTO inventario_vigente (ubicacion_id, almacen_codigo, producto_id, cantidad, precio_venta, iva, vigente_desde)
     SELECT $1::text, $2::text, *
       FROM unnest($3::text[], string_to_array($4::text, ',')::numeric[], string_to_array($5::text, ',', '')::numeric[],
                   string_to_array($6::text, ',', '')::numeric[], string_to_array($7::text, ',')::timestamptz[])`,
    [
      tienda,
      almacen,
      vigentes.map(({ producto_id }) => producto_id),
      joined(vigentes.map(({ cantidad }) => cantidad)),
      joined(vigentes.map(({ precio_venta }) => precio_venta)),
      joined(vigentes.map(({ iva }) => iva)),
      joinedTimes(vigentes.map(({ desde }) => desde)),
    ],
  );
}

async function insertSnapshots(
  client: Queryable,
  tienda: string,
  almacen: string,
  snapshots: readonly PastSnapshot[],
): Promise<void> {
  await client.query(
    `INSERT INTO almacen_snapshots (ubicacion_id, almacen_codigo, extraccion, ejecucion_id, articulos, suma_cantidades)
     SELECT $1::text, $2::text, *
       FROM unnest($3::timestamptz[], $4::uuid[], $5::integer[], $6::numeric[])`,
    [
      tienda,
      almacen,
      snapshots.map(({ extraccion }) => extraccion),
      snapshots.map(({ ejecucionId }) => ejecucionId),
      snapshots.map(({ articulos }) => articulos),
      snapshots.map(({ suma }) => suma),
    ],
  );
}
