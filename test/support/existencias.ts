import type { RespuestaArticulos } from '../../local/klk-simulator/answer.ts';
import { createMeta } from '../../local/klk-simulator/answer.ts';
import type { ArticuloKlk } from '../../local/klk-simulator/articulos.ts';

/** The stock of one warehouse by article code. */
export type Existencias = ReadonlyMap<string, number>;

/** Sits at the end of every payload, far behind the 200 characters that an error may quote: no output may hold it. */
export const PAYLOAD_CANARY = 'CANARIO-DEL-FINAL-DEL-CUERPO';

/** Enough that two bad rows stay below the share of bad rows that is not believed (1 %). */
export const ARTICULOS = 210;

/** The code of the n-th article, from 1. */
export const codigo = (n: number): string => String(n).padStart(6, '0');

/** `ARTICULOS` articles whose stock tells the version, the article and the warehouse: no row of one snapshot can be taken for another's. */
export function existencias(almacen: string, version: number): Map<string, number> {
  const letter = almacen.charCodeAt(0) / 1000;
  return new Map(
    Array.from({ length: ARTICULOS }, (_, index) => [codigo(index + 1), version * 1000 + index + letter]),
  );
}

/** These articles as KLK's rows, the payload canary in the last. */
export function toFilas(stocks: Existencias): ArticuloKlk[] {
  return [...stocks].map(([code, stock], index) => ({
    NombreProducto: index === stocks.size - 1 ? PAYLOAD_CANARY : `ARTICULO ${code}`,
    Codigo: code,
    Barra: `0759${code}`,
    Categoria: '08',
    Descripcion: 'FRUVER',
    Subcategoria: '1',
    Descripcion_categoria: 'POR PESO',
    Precio: 5.77,
    Iva: 16,
    stock,
  }));
}

/** What a healthy KLK answers for a warehouse with these rows. */
export const toRespuesta = (almacen: string, articulos: ArticuloKlk[]): RespuestaArticulos => ({
  meta: createMeta([almacen], articulos.length),
  articulos,
});
