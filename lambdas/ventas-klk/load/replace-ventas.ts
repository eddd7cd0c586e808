import type { Queryable } from '../../core/postgres/connection.ts';
import type { LineaRow } from '../transform/rows.ts';
import { endOf, startOf } from '../tramo.ts';
import type { TramoReading } from './reading.ts';
import { selectSumas, sumLines } from './sumas.ts';
import type { Sumas } from './sumas.ts';

/** The columns of `ventas` that an answer fills, with their types. A new one needs its place here and in `LineaRow`. */
const TIPOS = {
  numero_factura: 'text',
  linea: 'integer',
  fecha_venta: 'timestamptz',
  almacen_codigo: 'text',
  almacen_nombre: 'text',
  producto_id: 'text',
  codigo_barras: 'text',
  cantidad_vendida: 'numeric',
  peso_unitario: 'numeric',
  peso_calculado: 'numeric',
  unidad_medida_venta: 'text',
  factor_unidad_medida: 'numeric',
  total_cantidad_por_unidad_medida: 'numeric',
  precio_unitario: 'numeric',
  costo_unitario: 'numeric',
  venta_total: 'numeric',
  costo_total: 'numeric',
  utilidad_bruta: 'numeric',
  tasa_usd: 'numeric',
  precio_unitario_bs: 'numeric',
  venta_total_bs: 'numeric',
  costo_total_bs: 'numeric',
  impuesto_porcentaje: 'numeric',
  impuesto_monto: 'numeric',
  descuento_porcentaje: 'numeric',
  descuento_monto: 'numeric',
  descuento_fidelizacion_porcentaje: 'numeric',
  descuento_fidelizacion_monto: 'numeric',
  descuento_forma_pago_porcentaje: 'numeric',
  descuento_forma_pago_monto: 'numeric',
  total_factura: 'numeric',
  es_no_fiscal: 'boolean',
  codigo_promocion: 'text',
} as const satisfies Record<keyof LineaRow, 'text' | 'integer' | 'numeric' | 'timestamptz' | 'boolean'>;

const isColumna = (name: string): name is keyof LineaRow => name in TIPOS;
const COLUMNAS = Object.keys(TIPOS).filter(isColumna);
const ATRIBUTOS = COLUMNAS.filter((columna) => columna !== 'numero_factura' && columna !== 'linea');

/** The parameters before those of the columns. */
const FIRST = 9;

/** Numbers, times and booleans travel joined: they need no quoting, which takes pg half of its time for a line. */
const ARRAYS = COLUMNAS.map((columna, index) => {
  const tipo = TIPOS[columna];
  const parameter = `$${index + FIRST + 1}`;
  return tipo === 'text' ? `${parameter}::text[]` : `string_to_array(${parameter}::text, ',', '')::${tipo}[]`;
}).join(', ');

const toParameter = (lineas: readonly LineaRow[], columna: keyof LineaRow): unknown =>
  TIPOS[columna] === 'text'
    ? lineas.map((linea) => linea[columna])
    : lineas.map((linea) => toText(linea[columna])).join(',');

const toText = (value: LineaRow[keyof LineaRow]): string => (value === null ? '' : String(value));

const attributesOf = (row: string): string => ATRIBUTOS.map((columna) => `${row}.${columna}`).join(', ');

const KEY_OF = (row: string): string =>
  `v.ubicacion_id = $1::text AND v.dia = $2::date AND v.numero_factura = ${row}.numero_factura AND v.linea = ${row}.linea`;

const IN_SLICE = 'v.fecha_venta >= $3::timestamptz AND v.fecha_venta < $4::timestamptz';

const REPLACE = `
  WITH llegadas AS MATERIALIZED (
    SELECT * FROM unnest(${ARRAYS}) AS l (${COLUMNAS.join(', ')})
  ), previas AS MATERIALIZED (
    SELECT v.numero_factura, v.linea, v.venta_total, v.cantidad_vendida, v.unidad_medida_venta, l.linea IS NOT NULL AS llega,
           l.linea IS NOT NULL AND (${attributesOf('v')}) IS DISTINCT FROM (${attributesOf('l')}) AS cambia,
           l.linea IS NULL AND (NOT $6::boolean OR (v.numero_factura, v.linea) IN (
             SELECT * FROM unnest($7::text[], $8::integer[]))) AS conservada,
           NOT (${IN_SLICE}) AS movida
      FROM ventas v LEFT JOIN llegadas l ON l.numero_factura = v.numero_factura AND l.linea = v.linea
     WHERE v.ubicacion_id = $1::text AND v.dia = $2::date
       AND (${IN_SLICE} OR v.numero_factura = ANY ($9::text[]))
       AND (${IN_SLICE} OR l.linea IS NOT NULL)
  ), cambiadas AS (
    UPDATE ventas v
       SET (${ATRIBUTOS.join(', ')}) = (${attributesOf('l')}), ejecucion_id = $5::uuid
      FROM llegadas l JOIN previas p USING (numero_factura, linea)
     WHERE p.cambia AND ${KEY_OF('l')}
    RETURNING 1
  ), retiradas AS (
    DELETE FROM ventas v USING previas p
     WHERE NOT p.llega AND NOT p.conservada AND ${KEY_OF('p')}
    RETURNING 1
  ), nuevas AS (
    INSERT INTO ventas (ubicacion_id, dia, ejecucion_id, ${COLUMNAS.join(', ')})
    SELECT $1::text, $2::date, $5::uuid, ${COLUMNAS.map((columna) => `l.${columna}`).join(', ')}
      FROM llegadas l LEFT JOIN previas p USING (numero_factura, linea)
     WHERE p.linea IS NULL
    RETURNING 1
  ), quedan AS (
    SELECT numero_factura, venta_total, cantidad_vendida, unidad_medida_venta FROM llegadas
     UNION ALL
    SELECT numero_factura, venta_total, cantidad_vendida, unidad_medida_venta FROM previas WHERE conservada
  ), esperadas AS (${sumLines('quedan')})
  SELECT (SELECT count(*) FROM nuevas)::integer AS nuevas,
         (SELECT count(*) FROM cambiadas)::integer AS cambiadas,
         (SELECT count(*) FROM retiradas)::integer AS retiradas,
         (SELECT count(*) FROM previas WHERE NOT movida)::integer AS previas,
         (SELECT count(*) FROM previas WHERE movida)::integer AS movidas,
         ${selectSumas('esperadas')}
    FROM esperadas`;

/** What one load did to a slice's lines. */
export interface Replaced {
  readonly nuevas: number;
  readonly cambiadas: number;
  readonly retiradas: number;
  /** Lines that the slice held before. */
  readonly previas: number;
  /** Lines that another slice of the day held before: the time of their invoice has changed. */
  readonly movidas: number;
  /** The sums that the slice's lines must have afterwards. */
  readonly esperadas: Sumas;
}

/**
 * Replaces the lines of a slice by those of the answer, in one statement that sends the lines once and writes only what changed: new lines
 * are inserted, changed ones updated, those that KLK no longer reports removed. A rejected line keeps its row. `enOtroTramo` are the
 * invoices of the answer that have lines in another slice of the day.
 */
export async function replaceVentas(
  client: Queryable,
  { ejecucionId, tramo, lineas, rechazos, retirarAusentes }: TramoReading,
  enOtroTramo: readonly string[],
): Promise<Replaced> {
  const conservar = rechazos.filter(({ numeroFactura, linea }) => numeroFactura !== null && linea !== null);
  const { rows } = await client.query<Omit<Replaced, 'esperadas'> & Sumas>(REPLACE, [
    tramo.tienda,
    tramo.dia,
    startOf(tramo),
    endOf(tramo),
    ejecucionId,
    retirarAusentes,
    conservar.map(({ numeroFactura }) => numeroFactura),
    conservar.map(({ linea }) => linea),
    enOtroTramo,
    ...COLUMNAS.map((columna) => toParameter(lineas, columna)),
  ]);
  const [row] = rows;
  if (row === undefined) throw new Error('an aggregate returns one row');
  const { nuevas, cambiadas, retiradas, previas, movidas, ...esperadas } = row;
  return { nuevas, cambiadas, retiradas, previas, movidas, esperadas };
}
