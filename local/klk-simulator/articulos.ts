import { CATEGORIAS, MARCAS, PRESENTACIONES } from './vocabulario.ts';

/** One row of `POST /maestra/articulos/almacen`, exactly as KLK spells it. */
export interface ArticuloKlk {
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
  stock: number;
}

export interface CatalogoOptions {
  /** Articles of every warehouse, up to 100,000. By default 3,850 to 3,870, each warehouse its own number. */
  articulosPorAlmacen?: number | undefined;
  /** Share of the stocks that one round changes, 0 to 1; 0.05 by default. */
  movimiento?: number | undefined;
}

/** A warehouse at one moment: every round moves some of its stocks. */
interface AlmacenEnRonda {
  codigo: string;
  ronda: number;
}

/** The articles of any warehouses in any round: the same arguments always give the same rows. */
export interface Catalogo {
  articulos: (almacenes: readonly AlmacenEnRonda[]) => ArticuloKlk[];
  /** The same rows, each written as JSON. */
  serialize: (almacenes: readonly AlmacenEnRonda[]) => string[];
}

interface Existencia {
  articulo: Omit<ArticuloKlk, 'stock'>;
  /** The row's JSON up to the value of its stock, written once. */
  jsonHastaStock: string;
  baseMilesimas: number;
  pasoMilesimas: number;
  /** Movements before round 0. Its fraction, spread evenly, says when the next comes: every round moves the same share. */
  fase: number;
}

const GOLDEN_RATIO = 0.618033988749895;

/** Each warehouse's articles are made when they are first asked for (some 30 ms) and kept. */
export function createCatalogo({ articulosPorAlmacen, movimiento = 0.05 }: CatalogoOptions): Catalogo {
  const existencias = new Map<string, Existencia[]>();

  function existenciasDe(codigo: string): Existencia[] {
    const known = existencias.get(codigo);
    if (known !== undefined) return known;
    const length = articulosPorAlmacen ?? 3850 + (hash(codigo) % 21);
    const created = Array.from({ length }, (_, index) => createExistencia(codigo, index + 1));
    existencias.set(codigo, created);
    return created;
  }

  const mapExistencias = <T>(
    almacenes: readonly AlmacenEnRonda[],
    row: (existencia: Existencia, stock: number) => T,
  ): T[] =>
    almacenes.flatMap(({ codigo, ronda }) =>
      existenciasDe(codigo).map((existencia) =>
        row(existencia, stockAfter(existencia, Math.floor(ronda * movimiento + existencia.fase))),
      ),
    );

  return {
    articulos: (almacenes) => mapExistencias(almacenes, ({ articulo }, stock) => ({ ...articulo, stock })),
    serialize: (almacenes) =>
      mapExistencias(almacenes, ({ jsonHastaStock }, stock) => `${jsonHastaStock}${stock}}`),
  };
}

/** A movement always changes the stock: multiples of 3 modulo 8 go up and down and never repeat at once. */
function stockAfter({ baseMilesimas, pasoMilesimas }: Existencia, movimientos: number): number {
  const pasos = baseMilesimas === 0 ? movimientos % 2 : (movimientos * 3) % 8;
  return (baseMilesimas + pasos * pasoMilesimas) / 1000;
}

function createExistencia(codigoAlmacen: string, numero: number): Existencia {
  const categoria = pick(CATEGORIAS, `categoria ${numero}`);
  const articulo = createArticulo(codigoAlmacen, numero);
  const azar = hash(`stock ${codigoAlmacen} ${numero}`);
  const milesimas = categoria.porPeso ? 1 + (azar % 90_000) : 1000 * (1 + (azar % 240));
  const suerte = hash(`suerte ${codigoAlmacen} ${numero}`) % 100;
  const signo = suerte < 25 ? 0 : suerte < 28 ? -1 : 1;
  return {
    articulo,
    jsonHastaStock: `${JSON.stringify(articulo).slice(0, -1)},"stock":`,
    baseMilesimas: signo * milesimas,
    pasoMilesimas: categoria.porPeso ? 1 + (azar % 900) : 1000,
    fase: (azar % 8) + ((numero * GOLDEN_RATIO) % 1),
  };
}

function createArticulo(codigoAlmacen: string, numero: number): Omit<ArticuloKlk, 'stock'> {
  const categoria = pick(CATEGORIAS, `categoria ${numero}`);
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
    Precio: precio(numero, enOferta ? 0.9 : 1),
    Iva: hash(`iva ${numero}`) % 3 === 0 ? 0 : 16,
  };
}

function precio(numero: number, factor: number): number {
  const azar = hash(`precio ${numero}`);
  const decimales = azar % 2 === 0 ? 2 : 6;
  return Number((factor * (0.1 + (azar % 30_000_000) / 1_000_000)).toFixed(decimales));
}

function pick<T>(list: readonly T[], texto: string): T {
  const value = list[hash(texto) % list.length];
  if (value === undefined) throw new RangeError('no se puede elegir de una lista vacía');
  return value;
}

/** FNV-1a with a final mix: a random-looking number of 32 bits that depends on nothing but the text. */
function hash(texto: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < texto.length; index += 1) {
    value = Math.imul(value ^ texto.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}
