import { PipelineError } from '../../core/errors/errors.ts';
import { parseDecimal } from '../../core/klk/decimal.ts';
import { parseCodigo, parseTexto } from '../../core/klk/texto.ts';
import { DESFASE, isDia } from '../../core/time/dia.ts';
import type { Tramo } from '../tramo.ts';
import type { LineaRow, MotivoRechazoVenta } from './rows.ts';

const CAMPOS_LINEA = [
  'numero_factura',
  'fecha',
  'hora',
  'fecha_hora_completa',
  'linea',
  'producto',
  'cantidad',
  'financiero',
  'total_factura',
  'tasa_usd',
  'es_no_fiscal',
  'tiene_promocion',
  'codigo_promocion',
] as const;

const CAMPOS_PRODUCTO = [
  'codigo_producto',
  'descripcion_producto',
  'marca_producto',
  'modelo_producto',
  'categoria_producto',
  'grupo_articulo',
  'subgrupo_producto',
  // It contradicts the other categories, and is not used.
  'categoria_nombre',
  'codigo_barras',
  'serial',
  'imei',
] as const;

const CAMPOS_CANTIDAD = [
  'codigo_almacen',
  'nombre_almacen',
  'cantidad_vendida',
  'peso_unitario',
  'peso_bruto',
  'volumen_unitario',
  'unidad_medida_venta',
  'factor_unidad_medida',
  'total_cantidad_por_unidad_medida',
  'peso_calculado',
] as const;

const CAMPOS_FINANCIERO = [
  'costo_unitario_bs',
  'costo_unitario_usd',
  'precio_unitario_bs',
  'precio_unitario_usd',
  'impuesto_porcentaje',
  'impuesto_monto',
  'porcentaje_descuento',
  'monto_descuento',
  'porcentaje_descuento_fidelizacion',
  'monto_descuento_fidelizacion',
  'porcentaje_descuento_forma_pago',
  'monto_descuento_forma_pago',
  'venta_total_bs',
  'venta_total_usd',
  'costo_total_bs',
  'costo_total_usd',
  'utilidad_bruta_bs',
  'utilidad_bruta_usd',
] as const;

/** An object with some of these fields, each of which may be anything. */
type Fields<Campo extends string> = Readonly<Partial<Record<Campo, unknown>>>;

type LineaKlk = Fields<(typeof CAMPOS_LINEA)[number]>;
export type ProductoKlk = Fields<(typeof CAMPOS_PRODUCTO)[number]>;
type CantidadKlk = Fields<(typeof CAMPOS_CANTIDAD)[number]>;
type FinancieroKlk = Fields<(typeof CAMPOS_FINANCIERO)[number]>;

/** A line that can be loaded; `producto` is what it says of its article. */
export interface Accepted {
  readonly row: LineaRow;
  readonly producto: ProductoKlk;
}

/** A line that cannot be loaded; what could not be read of its identity is null. */
export interface Rejected {
  readonly motivo: MotivoRechazoVenta;
  readonly numeroFactura: string | null;
  readonly linea: number | null;
  readonly producto: string | null;
}

/** What was asked for. */
export interface AskedTramo {
  readonly tramo: Tramo;
  /** Seconds from the beginning of the day at which the slice begins and ends. */
  readonly desde: number;
  readonly hasta: number;
  /** The store to which the catalogue gives each warehouse. */
  readonly tiendaDeAlmacen: ReadonlyMap<string, string>;
}

/** The largest value of `ventas.linea`, a smallint. No invoice has so many lines. */
const MAX_LINEA = 32_767;

/** Digits before the point of an amount in bolivars, at most: these amounts are large. */
const MAX_DIGITS_BS = 12;

/**
 * One line of an invoice as a row. Undefined when it belongs to the second with which the next slice begins: it is unknown whether KLK
 * counts that second to the slice asked for.
 * @throws PipelineError `KLK_OTRO_TRAMO`, `KLK_OTRO_ALMACEN` when the answer is not the one asked for
 */
export function parseLinea(fila: unknown, asked: AskedTramo): Accepted | Rejected | undefined {
  if (!isObject(fila)) return { motivo: 'FILA_ILEGIBLE', numeroFactura: null, linea: null, producto: null };
  const campos: LineaKlk = fila;
  const onDia = isOnDia(campos.fecha, asked.tramo);
  const hora = parseHora(campos.hora);
  if (onDia && hora !== undefined && (hora.segundos < asked.desde || hora.segundos >= asked.hasta)) {
    if (hora.segundos === asked.hasta) return undefined;
    throw otroTramo(asked.tramo, `${asked.tramo.dia} ${hora.texto}`);
  }
  const producto: ProductoKlk | undefined = onlyObject(campos.producto);
  const cantidad: CantidadKlk | undefined = onlyObject(campos.cantidad);
  const financiero: FinancieroKlk | undefined = onlyObject(campos.financiero);
  const almacen = parseOptionalCodigo(cantidad?.codigo_almacen);
  refuseOtherTienda(almacen, asked);

  const numeroFactura = parseCodigo(campos.numero_factura);
  const linea = parseNumeroLinea(campos.linea);
  const codigo = parseCodigo(producto?.codigo_producto);
  const reject = (motivo: MotivoRechazoVenta): Rejected => ({
    motivo,
    numeroFactura: numeroFactura ?? null,
    linea: linea ?? null,
    producto: codigo ?? null,
  });
  if (producto === undefined || cantidad === undefined || financiero === undefined) {
    return reject('FILA_ILEGIBLE');
  }
  if (numeroFactura === undefined) return reject('FACTURA_ILEGIBLE');
  if (linea === undefined) return reject('LINEA_ILEGIBLE');
  if (!onDia || hora === undefined) return reject('FECHA_ILEGIBLE');
  if (almacen === undefined) return reject('ALMACEN_ILEGIBLE');
  if (codigo === undefined) return reject('CODIGO_ILEGIBLE');
  const cantidadVendida = parseDecimal(cantidad.cantidad_vendida);
  if (cantidadVendida === undefined) return reject('CANTIDAD_ILEGIBLE');
  const ventaTotal = parseDecimal(financiero.venta_total_usd);
  if (ventaTotal === undefined) return reject('VENTA_ILEGIBLE');

  let ilegibles = 0;
  const numero = (value: unknown, maxIntegerDigits?: number): string | null => {
    const parsed = parseDecimal(value, maxIntegerDigits);
    if (parsed !== undefined) return parsed;
    if (!isSinValor(value)) ilegibles += 1;
    return null;
  };
  const bolivares = (value: unknown): string | null => numero(value, MAX_DIGITS_BS);
  // Most lines have no weight and no discount, and NULL takes no space.
  const unlessZero = (parsed: string | null): string | null => (parsed === '0' ? null : parsed);
  const descuento = (value: unknown): string | null => unlessZero(bolivares(value));
  const siNo = (value: unknown): boolean | null => {
    if (typeof value === 'boolean') return value;
    if (!isSinValor(value)) ilegibles += 1;
    return null;
  };
  const row: LineaRow = {
    numero_factura: numeroFactura,
    linea,
    fecha_venta: `${asked.tramo.dia}T${hora.texto}${DESFASE}`,
    almacen_codigo: almacen,
    almacen_nombre: parseTexto(cantidad.nombre_almacen).valor,
    producto_id: codigo,
    codigo_barras: parseTexto(producto.codigo_barras).valor,
    cantidad_vendida: cantidadVendida,
    peso_unitario: unlessZero(numero(cantidad.peso_unitario)),
    peso_calculado: unlessZero(numero(cantidad.peso_calculado)),
    unidad_medida_venta: parseTexto(cantidad.unidad_medida_venta).valor,
    factor_unidad_medida: numero(cantidad.factor_unidad_medida),
    total_cantidad_por_unidad_medida: numero(cantidad.total_cantidad_por_unidad_medida),
    precio_unitario: numero(financiero.precio_unitario_usd),
    costo_unitario: numero(financiero.costo_unitario_usd),
    venta_total: ventaTotal,
    costo_total: numero(financiero.costo_total_usd),
    utilidad_bruta: numero(financiero.utilidad_bruta_usd),
    tasa_usd: numero(campos.tasa_usd),
    precio_unitario_bs: bolivares(financiero.precio_unitario_bs),
    venta_total_bs: bolivares(financiero.venta_total_bs),
    costo_total_bs: bolivares(financiero.costo_total_bs),
    impuesto_porcentaje: numero(financiero.impuesto_porcentaje),
    impuesto_monto: bolivares(financiero.impuesto_monto),
    descuento_porcentaje: descuento(financiero.porcentaje_descuento),
    descuento_monto: descuento(financiero.monto_descuento),
    descuento_fidelizacion_porcentaje: descuento(financiero.porcentaje_descuento_fidelizacion),
    descuento_fidelizacion_monto: descuento(financiero.monto_descuento_fidelizacion),
    descuento_forma_pago_porcentaje: descuento(financiero.porcentaje_descuento_forma_pago),
    descuento_forma_pago_monto: descuento(financiero.monto_descuento_forma_pago),
    total_factura: bolivares(campos.total_factura),
    es_no_fiscal: siNo(campos.es_no_fiscal),
    codigo_promocion: parseTexto(campos.codigo_promocion).valor,
  };
  return ilegibles === 0 ? { row, producto } : reject('VALOR_ILEGIBLE');
}

const CONOCIDOS = {
  linea: new Set<string>(CAMPOS_LINEA),
  producto: new Set<string>(CAMPOS_PRODUCTO),
  cantidad: new Set<string>(CAMPOS_CANTIDAD),
  financiero: new Set<string>(CAMPOS_FINANCIERO),
} as const;

/** Adds the names of a line's unknown fields; those inside `producto` and the other parts carry its name in front. */
export function addUnknown(fila: unknown, unknown: Set<string>): void {
  if (!isObject(fila)) return;
  for (const campo of Object.keys(fila)) if (!CONOCIDOS.linea.has(campo)) unknown.add(campo);
  for (const part of ['producto', 'cantidad', 'financiero'] as const) {
    const object = onlyObject(fila[part]);
    if (object === undefined) continue;
    for (const campo of Object.keys(object)) {
      if (!CONOCIDOS[part].has(campo)) unknown.add(`${part}.${campo}`);
    }
  }
}

/** Not a schema, which would copy every line: most of the transformation's time. */
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** KLK writes each part of a line as a list of one. */
function onlyObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!Array.isArray(value) || value.length !== 1) return undefined;
  const list: readonly unknown[] = value;
  return isObject(list[0]) ? list[0] : undefined;
}

/**
 * Whether a line says that it is of the day asked for; false when it does not say a day at all.
 * @throws PipelineError `KLK_OTRO_TRAMO` when it is of another day
 */
function isOnDia(fecha: unknown, tramo: Tramo): boolean {
  if (fecha === tramo.dia) return true;
  const dia = typeof fecha === 'string' ? fecha.trim() : '';
  if (isDia(dia) && dia !== tramo.dia) throw otroTramo(tramo, dia);
  return dia === tramo.dia;
}

const otroTramo = ({ dia, desde, hasta }: Tramo, otro: string): PipelineError =>
  new PipelineError(
    'KLK_OTRO_TRAMO',
    `Se pidieron las ventas del ${dia} de ${desde} a ${hasta} y KLK contestó una línea de ${otro}`,
  );

const HORA = /^([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?$/;

/** A time of day, cut to microseconds: PostgreSQL would round, and then a line may fall into the next slice, or the next day. */
function parseHora(value: unknown): { readonly segundos: number; readonly texto: string } | undefined {
  const match = typeof value === 'string' ? HORA.exec(value.trim()) : null;
  if (match === null) return undefined;
  const [, horas = '', minutos = '', segundos = '', fraccion = ''] = match;
  return {
    segundos: Number(horas) * 3_600 + Number(minutos) * 60 + Number(segundos),
    texto: `${horas}:${minutos}:${segundos}.${fraccion.slice(0, 6).padEnd(6, '0')}`,
  };
}

/** @throws PipelineError `KLK_OTRO_ALMACEN` when the catalogue has the warehouse under another store */
function refuseOtherTienda(almacen: string | null | undefined, { tramo, tiendaDeAlmacen }: AskedTramo): void {
  if (almacen === null || almacen === undefined) return;
  const tienda = tiendaDeAlmacen.get(almacen);
  if (tienda === undefined || tienda === tramo.tienda) return;
  throw new PipelineError(
    'KLK_OTRO_ALMACEN',
    `Se pidieron las ventas de ${tramo.tienda} y KLK contestó una línea del almacén ${almacen}, que es de ${tienda}`,
  );
}

/** A code that may be absent; undefined when it is there and cannot be read. */
function parseOptionalCodigo(value: unknown): string | null | undefined {
  return parseCodigo(value) ?? (isSinValor(value) ? null : undefined);
}

function isSinValor(value: unknown): boolean {
  const { valor, limpiado } = parseTexto(value);
  return valor === null && !limpiado;
}

/** The number of a line within its invoice, JSON number or text. */
function parseNumeroLinea(value: unknown): number | undefined {
  const decimal = parseDecimal(value, 10);
  if (decimal === undefined || !/^\d+$/.test(decimal)) return undefined;
  const linea = Number(decimal);
  return linea <= MAX_LINEA ? linea : undefined;
}
