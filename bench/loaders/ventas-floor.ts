import { Client } from 'pg';
import pLimit from 'p-limit';
import { z } from 'zod';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import { copyRows } from './copy-rows.ts';
import { CONCURRENCIA } from './loader.ts';
import type { Task } from './loader.ts';

/** One object of KLK, unchecked. */
type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Checks nothing about the lines. */
const Answer = z.object({
  ventas: z.custom<
    readonly (Fields & {
      readonly producto: readonly [Fields];
      readonly cantidad: readonly [Fields];
      readonly financiero: readonly [Fields];
    })[]
  >(),
});

/** The hours of each request: the same parts as the pipeline asks for of a store that it does not know. */
const HOURS = ['00', '03', '06', '09', '12', '15', '18', '21', '24'];

const COLUMNS = `
  numero_factura, linea, fecha_venta, almacen_codigo, almacen_nombre, producto_id, codigo_barras, cantidad_vendida, peso_unitario, peso_calculado,
  unidad_medida_venta, factor_unidad_medida, total_cantidad_por_unidad_medida, precio_unitario, costo_unitario, venta_total, costo_total, utilidad_bruta,
  tasa_usd, precio_unitario_bs, venta_total_bs, costo_total_bs, impuesto_porcentaje, impuesto_monto, descuento_porcentaje, descuento_monto,
  descuento_fidelizacion_porcentaje, descuento_fidelizacion_monto, descuento_forma_pago_porcentaje, descuento_forma_pago_monto, total_factura, es_no_fiscal,
  codigo_promocion`;

const STAGING = `
  CREATE TEMPORARY TABLE llegadas AS
  SELECT ubicacion_id, dia, ${COLUMNS}, ''::text AS nombre, ''::text AS categoria, ''::text AS grupo, ''::text AS subgrupo, ''::text AS marca FROM ventas WITH NO DATA`;

const UBICACIONES = `
  INSERT INTO ubicaciones (id, nombre, codigo_klk)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) ON CONFLICT (id) DO NOTHING`;

const PRODUCTOS = `
  INSERT INTO productos (id, codigo, codigo_barras, nombre, descripcion, categoria, grupo_articulo, subgrupo, marca)
  SELECT DISTINCT ON (producto_id) producto_id, producto_id, codigo_barras, nombre, nombre, coalesce(categoria, 'SIN CATEGORIA'), grupo, subgrupo, marca FROM llegadas ORDER BY producto_id
  ON CONFLICT (id) DO NOTHING`;

const VENTAS = `
  INSERT INTO ventas (ubicacion_id, dia, ejecucion_id, ${COLUMNS})
  SELECT ubicacion_id, dia, '00000000-0000-4000-8000-000000000000', ${COLUMNS} FROM llegadas`;

const TRAMOS = `
  INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta, estado, lineas, facturas, venta_total, unidades, kilos, huella, lecturas, leido, ultimo_cambio)
  SELECT ubicacion_id, dia, '00:00', '24:00', 'provisional', count(*), count(DISTINCT numero_factura), sum(venta_total),
         coalesce(sum(cantidad_vendida) FILTER (WHERE NOT es_por_peso(unidad_medida_venta)), 0),
         coalesce(sum(cantidad_vendida) FILTER (WHERE es_por_peso(unidad_medida_venta)), 0), 'ninguna', 1, now(), now()
    FROM llegadas GROUP BY ubicacion_id, dia`;

/**
 * As little as the same `ventas` and a ledger can cost: every answer goes into a staging table by COPY while others are on their way, then one statement
 * writes each table. No check, no guard, no comparison with what is held; one bad answer fails all stores. Needs empty tables. Returns the lines.
 */
export async function loadVentasFloor({ klkUrl, database, tiendas, dias }: Task): Promise<number> {
  if (dias === undefined) throw new Error('the floor loads the days that it is told');
  const client = new Client({ ...toClientConfig(database), options: '-c enable_nestloop=off -c jit=off' });
  await client.connect();
  try {
    await client.query(STAGING);
    const jobs = tiendas.flatMap((tienda) =>
      HOURS.slice(1).map((hasta, index) => ({ tienda, desde: HOURS[index] ?? '', hasta })),
    );
    let lines = 0;
    let copying = Promise.resolve();
    await pLimit(CONCURRENCIA).map(jobs, async ({ tienda, desde, hasta }) => {
      const response = await fetch(new URL('ventas', `${klkUrl}/`), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          sucursal: tienda.sucursalKlk,
          fecha_desde: dias.desde,
          fecha_hasta: dias.hasta,
          hora_desde: `${desde}:00:00`,
          hora_hasta: hasta === '24' ? '23:59:59' : `${hasta}:00:00`,
        }),
      });
      const { ventas } = Answer.parse(await response.json());
      // The second at which the next request begins is in both.
      const own = ventas.filter(({ hora }) => String(hora) < `${hasta}:00:00`);
      lines += own.length;
      await (copying = copying.then(() =>
        copyRows(client, 'COPY llegadas FROM STDIN', own.map(toRow(tienda.id))),
      ));
    });
    await client.query('ANALYZE llegadas');
    await client.query('BEGIN');
    await client.query(UBICACIONES, [
      tiendas.map(({ id }) => id),
      tiendas.map(({ nombre }) => nombre),
      tiendas.map(({ sucursalKlk }) => sucursalKlk),
    ]);
    for (const statement of [PRODUCTOS, VENTAS, TRAMOS]) await client.query(statement);
    await client.query('COMMIT');
    return lines;
  } finally {
    await client.end();
  }
}

type Line = z.infer<typeof Answer>['ventas'][number];

const toRow =
  (tienda: string) =>
  ({ producto: [p], cantidad: [c], financiero: [f], ...v }: Line): (string | number | null)[] => [
    tienda,
    orNull(v['fecha']),
    orNull(v['numero_factura']),
    orNull(v['linea']),
    `${String(v['fecha'])}T${String(v['hora']).slice(0, 15)}-04`,
    orNull(c['codigo_almacen']),
    orNull(c['nombre_almacen']),
    orNull(p['codigo_producto']),
    orNull(p['codigo_barras']),
    orNull(c['cantidad_vendida']),
    orZero(c['peso_unitario']),
    orZero(c['peso_calculado']),
    orNull(c['unidad_medida_venta']),
    orNull(c['factor_unidad_medida']),
    orNull(c['total_cantidad_por_unidad_medida']),
    orNull(f['precio_unitario_usd']),
    orNull(f['costo_unitario_usd']),
    orNull(f['venta_total_usd']),
    orNull(f['costo_total_usd']),
    orNull(f['utilidad_bruta_usd']),
    orNull(v['tasa_usd']),
    orNull(f['precio_unitario_bs']),
    orNull(f['venta_total_bs']),
    orNull(f['costo_total_bs']),
    orNull(f['impuesto_porcentaje']),
    orNull(f['impuesto_monto']),
    orZero(f['porcentaje_descuento']),
    orZero(f['monto_descuento']),
    orZero(f['porcentaje_descuento_fidelizacion']),
    orZero(f['monto_descuento_fidelizacion']),
    orZero(f['porcentaje_descuento_forma_pago']),
    orZero(f['monto_descuento_forma_pago']),
    orNull(v['total_factura']),
    orNull(v['es_no_fiscal']),
    orNull(v['codigo_promocion']),
    orNull(p['descripcion_producto']),
    orNull(p['categoria_producto']),
    orNull(p['grupo_articulo']),
    orNull(p['subgrupo_producto']),
    orNull(p['marca_producto']),
  ];

/** KLK's ways of saying "none". */
const orNull = (value: string | number | boolean | undefined): string | number | null =>
  value === undefined || value === '' || value === 'N/A'
    ? null
    : typeof value === 'boolean'
      ? String(value)
      : value;

/** A weight or a discount of 0 is none. */
const orZero = (value: string | number | boolean | undefined): string | number | null =>
  value === 0 ? null : orNull(value);
