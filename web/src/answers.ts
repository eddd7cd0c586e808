import {
  isFlag,
  isList,
  isNullable,
  isNumber,
  isObject,
  isOneOf,
  isOptional,
  isPair,
  isText,
} from './shape.ts';
import type { Guarded } from './shape.ts';

/** The answers of the API. Fields that this page does not show are left out. */

const tienda = isObject({ id: isText, nombre: isText });
const articulo = isObject({ codigo: isText, nombre: isText, categoria: isText, marca: isNullable(isText) });
const otras = isList(isObject({ tienda: isText, cantidad: isNumber }));
const dias = isObject({ desde: isText, hasta: isText });

const envelope = {
  datosHasta: isObject({
    existencias: isNullable(isText),
    ventas: isNullable(isText),
    sinCargar: isOptional(isList(isText)),
  }),
  cobertura: isObject({
    completa: isFlag,
    huecos: isList(
      isObject({ tienda: isText, dia: isText, estado: isOneOf('falta', 'fallido', 'provisional') }),
    ),
  }),
  tasa: isNullable(isObject({ bsPorUsd: isNumber, dia: isText })),
};
const page = { ...envelope, siguiente: isNullable(isText) };

/** What every answer has. */
export type Envelope = Pick<DatosAnswer, keyof typeof envelope>;
export type Tasa = NonNullable<Envelope['tasa']>;
export type Tienda = Guarded<typeof tienda>;
export type Articulo = Guarded<typeof articulo>;
export type Otras = Guarded<typeof otras>;

export const isSesion = isObject({
  rol: isOneOf('comprador', 'gerente'),
  tiendas: isList(tienda),
  /** The names of all stores, for the stock elsewhere; a manager may see only `tiendas`. */
  nombres: isList(tienda),
});
export type Sesion = Guarded<typeof isSesion>;

export const isCategorias = isObject({ filas: isList(isObject({ nombre: isText, articulos: isNumber })) });

const filaTienda = isObject({
  tienda,
  /** A distribution centre, `cedi`, sells nothing. */
  tipo: isOptional(isOneOf('tienda', 'cedi')),
  existenciasHasta: isNullable(isText),
  sinCargar: isOptional(isList(isText)),
  articulos: isNumber,
  agotados: isNumber,
  negativos: isNumber,
  ventasHasta: isNullable(isText),
  hoy: isNullable(isObject({ ventaUsd: isNumber, facturas: isNumber })),
  habitual: isNullable(isObject({ ventaUsd: isNumber, facturas: isNumber, dia: isText })),
  variacionPct: isNullable(isNumber),
  diasIncompletos: isList(isText),
});
const destacado = isObject({
  articulo,
  ventas28Usd: isNumber,
  sinExistenciaDesde: isText,
  /** False when it may have been earlier. */
  desdeConocido: isOptional(isFlag),
  tienda: isText,
  incompleto: isOptional(isFlag),
});
export const isTiendas = isObject({ ...page, filas: isList(filaTienda), destacados: isList(destacado) });
export type TiendasAnswer = Guarded<typeof isTiendas>;
export type FilaTienda = Guarded<typeof filaTienda>;
export type Destacado = Guarded<typeof destacado>;

const unidad = isOneOf('und', 'kg', 'mixto');
/** In what an article is counted, where the answer says it; `mixto` is sold both by the unit and by the kilo. */
export type Unidad = Guarded<typeof unidad> | null | undefined;

const filaExistencia = isObject({
  tienda,
  almacen: isText,
  articulo,
  cantidad: isNumber,
  desde: isText,
  precioUsd: isNullable(isNumber),
  ventas7: isNumber,
  ventas28: isNumber,
  unidad,
  diasCobertura: isNullable(isNumber),
  otras,
  incompleto: isOptional(isFlag),
});
export const isExistencias = isObject({ ...page, filas: isList(filaExistencia) });
export type FilaExistencia = Guarded<typeof filaExistencia>;

const filaAgotado = isObject({
  tienda,
  almacen: isText,
  articulo,
  cantidad: isNumber,
  desde: isText,
  desdeConocido: isFlag,
  horas: isNumber,
  unidad,
  ventaDiaria: isNumber,
  unidadesNoVendidas: isNumber,
  usdNoVendidos: isNumber,
  ultimoPrecioUsd: isNumber,
  ultimaVenta: isText,
  otras,
  incompleto: isOptional(isFlag),
});
export const isAgotados = isObject({
  ...page,
  filas: isList(filaAgotado),
  total: isObject({ articulos: isNumber, usdNoVendidos: isNumber, incompleto: isOptional(isFlag) }),
});
export type FilaAgotado = Guarded<typeof filaAgotado>;

const medidas = {
  unidades: isNumber,
  kilos: isNumber,
  ventaUsd: isNumber,
  utilidadUsd: isNullable(isNumber),
  margenPct: isNullable(isNumber),
  facturas: isNullable(isNumber),
  ticketUsd: isNullable(isNumber),
  comparacion: isNullable(
    isObject({
      ventaUsd: isNumber,
      variacionPct: isNullable(isNumber),
      diasComparados: isNumber,
      dias: isNumber,
    }),
  ),
  incompleto: isFlag,
};
const filaVenta = isObject({
  clave: isObject({ id: isText, nombre: isText }),
  ...medidas,
});
export const isVentas = isObject({
  ...page,
  filas: isList(filaVenta),
  total: isObject(medidas),
  periodo: dias,
  anterior: isNullable(dias),
});
export type VentasAnswer = Guarded<typeof isVentas>;
export type FilaVenta = Guarded<typeof filaVenta>;
export type Medidas = Omit<FilaVenta, 'clave'>;

const existenciaDeTienda = isObject({
  tienda,
  almacen: isText,
  cantidad: isNumber,
  /** This field and the following ones are null for a store that the reader may not see. */
  desde: isNullable(isText),
  /** Null where there is some, too. */
  sinExistencia: isOptional(isObject({ desde: isText, desdeConocido: isFlag })),
  precioUsd: isNullable(isNumber),
  ventas28: isNullable(isNumber),
  diasCobertura: isNullable(isNumber),
  incompleto: isOptional(isFlag),
});
const ventaDelDia = isObject({
  dia: isText,
  unidades: isNumber,
  kilos: isNumber,
  ventaUsd: isNumber,
  facturas: isNumber,
  estado: isOneOf('completo', 'provisional', 'falta', 'fallido'),
});
const movimiento = isObject({ almacen: isText, desde: isText, hasta: isText, diferencia: isNumber });
const cambioDePrecio = isObject({
  fecha: isText,
  almacen: isText,
  anterior: isNullable(isNumber),
  nuevo: isNullable(isNumber),
});
const pasos = isObject({ almacen: isText, pasos: isList(isPair(isText, isNullable(isNumber))) });
export const isArticulo = isObject({
  ...envelope,
  articulo: isObject({
    codigo: isText,
    nombre: isText,
    categoria: isText,
    marca: isNullable(isText),
    codigoBarras: isNullable(isText),
    presentacion: isNullable(isText),
    unidad: isOptional(unidad),
  }),
  /** The store whose stock, sales, movements and prices these are. */
  tienda: isNullable(tienda),
  periodo: dias,
  tiendas: isList(existenciaDeTienda),
  existencias: isList(pasos),
  ventas: isList(ventaDelDia),
  movimientos: isList(movimiento),
  precios: isList(cambioDePrecio),
});
export type ArticuloAnswer = Guarded<typeof isArticulo>;
export type ExistenciaDeTienda = Guarded<typeof existenciaDeTienda>;
export type VentaDelDia = Guarded<typeof ventaDelDia>;
export type Movimiento = Guarded<typeof movimiento>;
export type CambioDePrecio = Guarded<typeof cambioDePrecio>;

const filaDescuadre = isObject({
  tienda,
  almacen: isText,
  articulo,
  unidad: isOptional(unidad),
  antes: isNumber,
  despues: isNumber,
  vendido: isNumber,
  diferencia: isNumber,
  usd: isNullable(isNumber),
  incompleto: isOptional(isFlag),
});
const negativa = isObject({
  tienda,
  almacen: isText,
  articulo,
  unidad: isOptional(unidad),
  cantidad: isNumber,
  desde: isText,
  factura: isNullable(isObject({ numero: isText, momento: isText, cantidad: isNumber })),
});
export const isDescuadres = isObject({
  ...page,
  filas: isList(filaDescuadre),
  negativas: isList(negativa),
  /** Intervals from one accepted inventory to the next; those with missing sales are not compared. */
  intervalos: isObject({ comparados: isNumber, sinComparar: isNumber }),
});
export type DescuadresAnswer = Guarded<typeof isDescuadres>;
export type FilaDescuadre = Guarded<typeof filaDescuadre>;
export type Negativa = Guarded<typeof negativa>;

const estadoDeDia = isNullable(isOneOf('completo', 'provisional', 'falta', 'fallido', 'futuro', 'abierto'));
export type EstadoDeDia = Guarded<typeof estadoDeDia>;
const ejecucion = isObject({
  id: isText,
  flujo: isOneOf('inventario', 'ventas'),
  origen: isText,
  estado: isText,
  inicio: isText,
  fin: isNullable(isText),
  error: isNullable(isObject({ codigo: isText, mensaje: isNullable(isText), remedio: isOptional(isText) })),
});
const falla = isObject({
  tienda,
  flujo: isOneOf('inventario', 'ventas'),
  codigo: isText,
  mensaje: isNullable(isText),
  desde: isText,
  remedio: isText,
});
export const isDatos = isObject({
  ...envelope,
  dias: isList(isText),
  tiendas: isList(isObject({ tienda, estados: isList(estadoDeDia) })),
  ejecuciones: isList(ejecucion),
  fallas: isList(falla),
});
export type DatosAnswer = Guarded<typeof isDatos>;
export type Ejecucion = Guarded<typeof ejecucion>;

export const isProblema = isObject({
  type: isText,
  title: isText,
  status: isNumber,
  detail: isText,
  errores: isOptional(
    isList(isObject({ campo: isText, mensaje: isText, validos: isOptional(isList(isText)) })),
  ),
});
/** A refusal of the API, RFC 9457. */
export type Problema = Guarded<typeof isProblema>;
