import { sendJson } from './answer.ts';
import type { Fault, FaultyExchange, VentasAnswer } from './answer.ts';
import { addDias } from './calendario.ts';
import type { VentaKlk } from './venta.ts';
import type { VentasRequest } from './ventas-request.ts';

/** A request for sales that is answered with a fault. */
export interface FaultyVentas extends FaultyExchange<VentasAnswer> {
  pedido: VentasRequest;
  /** The lines that a healthy KLK would answer to another request. */
  lineasOf: (pedido: VentasRequest) => VentaKlk[];
  /** A warehouse of another store. */
  almacenAjeno: string;
  /** Lines after which an answer is cut. */
  corte: number;
}

type VentasFault = Fault<FaultyVentas>;

const HOSTILES = ['CAFÉ\0MOLIDO', 'CAFÉ\u0007\u001b[31m\r\nMOLIDO', 'CAFÉ \ud800 MOLIDO', 'N'.repeat(10_240)];

const yesterdayOf = (pedido: VentasRequest): VentasRequest => ({
  ...pedido,
  fecha_desde: addDias(pedido.fecha_desde, -1),
  fecha_hasta: addDias(pedido.fecha_hasta, -1),
});

/** Well-formed answers of `/ventas` with wrong content. Where one line is bad it is the first. */
export const VENTAS_CONTENT_FAULTS = {
  'otra-sucursal': meta('meta nombra otra sucursal que la pedida', () => ({
    sucursal_codigo: 'OTRA-SUCURSAL',
  })),
  'otro-dia': meta('meta nombra el día anterior al pedido', ({ pedido }) => {
    const { fecha_desde, fecha_hasta } = yesterdayOf(pedido);
    return { fecha_desde, fecha_hasta };
  }),
  'otras-horas': meta('meta nombra otras horas que las pedidas', () => ({
    hora_desde: '01:23',
    hora_hasta: '01:24',
  })),
  'otro-filtro': meta('meta nombra un artículo que nadie pidió', () => ({ CodArticulo: '000001' })),
  'sin-eco': meta('meta no dice qué se pidió', () => ({
    sucursal_codigo: undefined,
    fecha_desde: undefined,
    fecha_hasta: undefined,
    hora_desde: undefined,
    hora_hasta: undefined,
    CodArticulo: undefined,
    almacen: undefined,
  })),
  incompleta: content('una línea menos de las que anuncia total_registros', ({ meta, ventas }) => ({
    meta: { ...meta, total_registros: ventas.length },
    ventas: ventas.slice(1),
  })),
  'total-de-menos': total('una línea más de las que anuncia total_registros', (lineas) => lineas - 1),
  'total-ausente': total('meta sin total_registros', () => undefined),
  'total-texto': total('total_registros es el texto N/A', () => 'N/A'),
  'total-entre-comillas': total('total_registros es un número dentro de un texto', (lineas) =>
    String(lineas),
  ),
  cortada: content('las primeras 10.000 líneas, con el total de todas', (healthy, { corte }) => ({
    ...healthy,
    ventas: healthy.ventas.slice(0, corte),
  })),
  'cortada-callada': lines(
    'las primeras 10.000 líneas, y total_registros las da por todas',
    (ventas, { corte }) => ventas.slice(0, corte),
  ),
  'sucursal-desconocida': {
    descripcion: '{"error": ...} con HTTP 200: KLK no conoce la sucursal',
    answer: ({ response, pedido }) => {
      sendJson(response, { error: `La sucursal ${pedido.sucursal} no existe` });
    },
  },
  vacia: lines('ninguna línea, con total 0', () => []),
  encogida: lines('la mitad de las líneas', (ventas) => ventas.slice(0, ventas.length / 2)),
  'horas-ignoradas': lines(
    'las líneas de todo el día, sean cuales sean las horas pedidas',
    (_ventas, faulty) => faulty.lineasOf({ ...faulty.pedido, hora_desde: undefined, hora_hasta: undefined }),
  ),
  'lineas-de-otro-dia': lines('las líneas del día anterior', (_ventas, { pedido, lineasOf }) =>
    lineasOf(yesterdayOf(pedido)),
  ),
  'linea-de-otro-dia': lines(
    'una línea del día anterior entre las del pedido',
    (ventas, { pedido, lineasOf }) => [
      ...lineasOf(yesterdayOf({ ...pedido, hora_desde: undefined, hora_hasta: undefined })).slice(0, 1),
      ...ventas,
    ],
  ),
  'factura-de-otro-dia': lines(
    'la primera línea lleva el número de una factura del día anterior',
    (ventas, { pedido, lineasOf }) => {
      const [ajena] = lineasOf(yesterdayOf({ ...pedido, hora_desde: undefined, hora_hasta: undefined }));
      return ventas.map((venta, index) =>
        index === 0 && ajena !== undefined ? { ...venta, numero_factura: ajena.numero_factura } : venta,
      );
    },
  ),
  'almacen-ajeno': lines('todas las líneas son del almacén de otra tienda', (ventas, { almacenAjeno }) =>
    ventas.map((venta) => ({
      ...venta,
      cantidad: venta.cantidad.map((cantidad) => ({ ...cantidad, codigo_almacen: almacenAjeno })),
    })),
  ),
  'lineas-malas': lines('5 % de las líneas con cantidad ilegible', (ventas) =>
    ventas.map((venta, index) => (index % 20 === 0 ? withCantidad(venta, 'abc') : venta)),
  ),
  'cantidad-ilegible': firstLine('una línea con cantidad ilegible', (venta) => [withCantidad(venta, 'abc')]),
  'importe-ilegible': firstLine('una línea con venta_total_usd ilegible', (venta) => [
    {
      ...venta,
      financiero: venta.financiero.map((importe) => ({ ...importe, venta_total_usd: '1.234,56' })),
    },
  ]),
  'fecha-ilegible': firstLine('una línea con fecha ilegible', (venta) => [
    { ...venta, fecha: '31/02/2026', fecha_hora_completa: '31/02/2026 10:00' },
  ]),
  'hora-ilegible': firstLine('una línea con hora ilegible', (venta) => [
    { ...venta, hora: '25:61:00', fecha_hora_completa: `${venta.fecha}T25:61:00` },
  ]),
  'sin-codigo': firstLine('una línea cuyo artículo no tiene código', (venta) => [
    withProducto(venta, { codigo_producto: undefined }),
  ]),
  'codigo-nul': firstLine('una línea con un NUL en el código del artículo', (venta) => [
    withProducto(venta, { codigo_producto: '000001\0' }),
  ]),
  'sin-numero': firstLine('una línea sin numero_factura', (venta) => [
    { ...venta, numero_factura: undefined },
  ]),
  'linea-ilegible': firstLine('una línea cuyo número de línea es ilegible', (venta) => [
    { ...venta, linea: 'uno' },
  ]),
  'repetida-igual': firstLine('una línea repetida, igual', (venta) => [venta, venta]),
  'repetida-distinta': firstLine('una línea repetida, con otra cantidad', (venta) => [
    venta,
    withCantidad(venta, 987),
  ]),
  'producto-doble': firstLine('una línea con dos artículos', (venta) => [
    { ...venta, producto: [...venta.producto, ...venta.producto] },
  ]),
  'producto-vacio': firstLine('una línea sin artículo: la lista producto está vacía', (venta) => [
    { ...venta, producto: [] },
  ]),
  'texto-hostil': lines(
    'descripciones con NUL, caracteres de control, un sustituto suelto y 10 kB (las cuatro primeras líneas)',
    (ventas) =>
      ventas.map((venta, index) => {
        const descripcion = HOSTILES[index];
        return descripcion === undefined ? venta : withProducto(venta, { descripcion_producto: descripcion });
      }),
  ),
  'campos-extra': lines('todas las líneas con campos desconocidos', (ventas) =>
    ventas.map((venta) => ({ ...withProducto(venta, { temporada: null }), canal: 'CAJA' })),
  ),
} satisfies Record<string, VentasFault>;

const withCantidad = (venta: VentaKlk, cantidad_vendida: unknown): object => ({
  ...venta,
  cantidad: venta.cantidad.map((cantidad) => ({ ...cantidad, cantidad_vendida })),
});

const withProducto = (venta: VentaKlk, change: object): object => ({
  ...venta,
  producto: venta.producto.map((producto) => ({ ...producto, ...change })),
});

function content(
  descripcion: string,
  change: (healthy: VentasAnswer, faulty: FaultyVentas) => object,
): VentasFault {
  return {
    descripcion,
    answer: (faulty) => {
      sendJson(faulty.response, change(faulty.healthy, faulty));
    },
  };
}

/** A fault with the correct lines and another `meta`. */
function meta(descripcion: string, change: (faulty: FaultyVentas) => object): VentasFault {
  return content(descripcion, (healthy, faulty) => ({
    ...healthy,
    meta: { ...healthy.meta, ...change(faulty) },
  }));
}

function total(descripcion: string, change: (lineas: number) => unknown): VentasFault {
  return meta(descripcion, ({ healthy }) => ({ total_registros: change(healthy.ventas.length) }));
}

/** A fault with other lines and their correct count in `meta`. */
function lines(
  descripcion: string,
  change: (ventas: VentaKlk[], faulty: FaultyVentas) => object[],
): VentasFault {
  return content(descripcion, (healthy, faulty) => {
    const ventas = change(healthy.ventas, faulty);
    return { meta: { ...healthy.meta, total_registros: ventas.length }, ventas };
  });
}

function firstLine(descripcion: string, change: (venta: VentaKlk) => object[]): VentasFault {
  return lines(descripcion, (ventas) => [...ventas.slice(0, 1).flatMap(change), ...ventas.slice(1)]);
}
