import { hash, pick } from './random.ts';
import { CATEGORIAS, MARCAS, PRESENTACIONES } from './vocabulario.ts';
import type { Categoria } from './vocabulario.ts';

/** An article as a warehouse offers it, exactly as KLK spells it. */
export interface FichaKlk {
  NombreProducto: string;
  Codigo: string;
  Barra: string;
  Categoria: string;
  Descripcion: string;
  Subcategoria: string;
  Descripcion_categoria: string;
  Marca?: string;
  Precio: number;
  Iva: number;
}

/** The department of an article, the same in every warehouse. */
export const categoriaOf = (numero: number): Categoria => pick(CATEGORIAS, `categoria ${numero}`);

/** The article as a warehouse offers it. It is the same in every warehouse, except that some have it on offer. Its usual price is multiplied by `factorDePrecio`. */
export function createFicha(codigoAlmacen: string, numero: number, factorDePrecio = 1): FichaKlk {
  const categoria = categoriaOf(numero);
  const producto = pick(categoria.productos, `producto ${numero}`);
  const marca = pick(MARCAS, `marca ${numero}`);
  const huecos = hash(`huecos ${numero}`) % 20;
  const enOferta = hash(`oferta ${codigoAlmacen} ${numero}`) % 50 === 0;
  const nombre = categoria.porPeso
    ? `${producto} KG`
    : `${producto} ${marca} ${pick(PRESENTACIONES, `talla ${numero}`)}`;
  return {
    NombreProducto: enOferta ? `${nombre} OFERTA` : nombre,
    Codigo: String(numero).padStart(6, '0'),
    Barra: categoria.porPeso ? `0${numero}` : `0759${String(numero).padStart(9, '0')}`,
    Categoria: huecos === 0 ? 'N/A' : categoria.codigo,
    Descripcion: huecos <= 1 ? 'N/A' : categoria.nombre,
    Subcategoria: huecos === 0 ? 'N/A' : categoria.subgrupo,
    Descripcion_categoria: huecos === 0 ? 'N/A' : categoria.grupo,
    ...(categoria.porPeso ? {} : { Marca: huecos === 2 ? 'N/A' : marca }),
    Precio: precio(numero, factorDePrecio * (enOferta ? 0.9 : 1)),
    Iva: hash(`iva ${numero}`) % 3 === 0 ? 0 : 16,
  };
}

function precio(numero: number, factor: number): number {
  const hashed = hash(`precio ${numero}`);
  const decimales = hashed % 2 === 0 ? 2 : 6;
  return Number((factor * (0.1 + (hashed % 30_000_000) / 1_000_000)).toFixed(decimales));
}

/** How many articles a warehouse has: `articulosPorAlmacen`, or a number from 3,850 to 3,870 that depends on the warehouse. */
export const countArticulos = (codigoAlmacen: string, articulosPorAlmacen?: number): number =>
  articulosPorAlmacen ?? 3850 + (hash(codigoAlmacen) % 21);

/** The initial stock of an article in a warehouse. */
function existenciaInicial(codigoAlmacen: string, numero: number): 'agotada' | 'sobrevendida' | 'positiva' {
  const suerte = hash(`suerte ${codigoAlmacen} ${numero}`) % 100;
  return suerte < 25 ? 'agotada' : suerte < 28 ? 'sobrevendida' : 'positiva';
}

/** The initial stock of an article in a warehouse, in thousandths of a unit or of a kilo; negative where it was oversold. */
export function baseMilesimasOf(codigoAlmacen: string, numero: number): number {
  const hashed = hashOfExistencia(codigoAlmacen, numero);
  const milesimas = categoriaOf(numero).porPeso ? 1 + (hashed % 90_000) : 1000 * (1 + (hashed % 240));
  const signo = { agotada: 0, sobrevendida: -1, positiva: 1 }[existenciaInicial(codigoAlmacen, numero)];
  return signo * milesimas;
}

/** The hash that decides the stock of an article in a warehouse. */
export const hashOfExistencia = (codigoAlmacen: string, numero: number): number =>
  hash(`stock ${codigoAlmacen} ${numero}`);
