import type { ArticuloKlk } from './articulos.ts';
import { sendJson } from './answer.ts';
import type { Fault, FaultyExchange, ArticulosAnswer } from './answer.ts';

const HOSTILES = ['CAFÉ\0MOLIDO', 'CAFÉ\u0007\u001b[31m\r\nMOLIDO', 'CAFÉ \ud800 MOLIDO', 'N'.repeat(10_240)];

/** Well-formed answers with wrong content. Where one row is bad it is the first. */
export const CONTENT_FAULTS = {
  incompleta: content('una fila menos de las que anuncia total_articulos', ({ meta, articulos }) => ({
    meta,
    articulos: articulos.slice(1),
  })),
  'total-ausente': content('meta sin total_articulos', ({ meta, articulos }) => ({
    meta: { ...meta, total_articulos: undefined },
    articulos,
  })),
  'total-texto': content('total_articulos es el texto N/A', ({ meta, articulos }) => ({
    meta: { ...meta, total_articulos: 'N/A' },
    articulos,
  })),
  'otro-almacen': content('meta nombra otro almacén que el pedido', ({ meta, articulos }) => ({
    meta: { ...meta, almacences_filtrados: '["OTRO-ALMACEN"]' },
    articulos,
  })),
  vacia: rows('lista vacía, con total 0', () => []),
  ceros: rows('todas las existencias en 0', (articulos) => articulos.map((fila) => ({ ...fila, stock: 0 }))),
  'ceros-parciales': rows('la mitad de las existencias positivas en 0', (articulos) => {
    const positivos = articulos.filter((fila) => fila.stock > 0);
    const agotados = new Set(positivos.slice(0, Math.ceil(positivos.length / 2)));
    return articulos.map((fila) => (agotados.has(fila) ? { ...fila, stock: 0 } : fila));
  }),
  encogida: rows('la mitad de los artículos', (articulos) => articulos.slice(0, articulos.length / 2)),
  'filas-malas': rows('5 % de las filas con existencia ilegible', (articulos) =>
    articulos.map((fila, index) => (index % 20 === 0 ? { ...fila, stock: 'abc' } : fila)),
  ),
  'fila-mala': firstRow('una fila con existencia ilegible', (fila) => [{ ...fila, stock: 'abc' }]),
  'sin-codigo': firstRow('una fila sin Codigo', (fila) => [{ ...fila, Codigo: undefined }]),
  'codigo-nul': firstRow('una fila con un NUL en Codigo', (fila) => [
    { ...fila, Codigo: `${fila.Codigo}\0` },
  ]),
  'duplicado-igual': firstRow('un artículo repetido, con otra Barra y la misma existencia', (fila) => [
    fila,
    { ...fila, Barra: `${fila.Barra}9` },
  ]),
  'duplicado-distinto': firstRow('un artículo repetido, con otra Barra y otra existencia', (fila) => [
    fila,
    { ...fila, Barra: `${fila.Barra}9`, stock: fila.stock + 1 },
  ]),
  'precio-ilegible': firstRow('una fila con Precio ilegible', (fila) => [{ ...fila, Precio: '1.234,56' }]),
  'texto-hostil': rows(
    'nombres con NUL, caracteres de control, un sustituto suelto y 10 kB (las cuatro primeras filas)',
    (articulos) =>
      articulos.map((fila, index) => ({ ...fila, NombreProducto: HOSTILES[index] ?? fila.NombreProducto })),
  ),
  'campos-extra': rows('todas las filas con campos desconocidos', (articulos) =>
    articulos.map((fila) => ({ ...fila, Proveedor: 'N/A', UltimaCompra: null })),
  ),
} satisfies Record<string, ArticulosFault>;

type ArticulosFault = Fault<FaultyExchange<ArticulosAnswer>>;

function content(descripcion: string, change: (healthy: ArticulosAnswer) => object): ArticulosFault {
  return {
    descripcion,
    answer: ({ response, healthy }) => {
      sendJson(response, change(healthy));
    },
  };
}

/** A fault with other rows and their correct count in `meta`. */
function rows(descripcion: string, change: (articulos: ArticuloKlk[]) => object[]): ArticulosFault {
  return content(descripcion, ({ meta, articulos: correctos }) => {
    const articulos = change(correctos);
    return { meta: { ...meta, total_articulos: articulos.length }, articulos };
  });
}

function firstRow(descripcion: string, change: (fila: ArticuloKlk) => object[]): ArticulosFault {
  return rows(descripcion, (articulos) => [...articulos.slice(0, 1).flatMap(change), ...articulos.slice(1)]);
}
