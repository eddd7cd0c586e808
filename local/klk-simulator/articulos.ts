import { hashOfExistencia, baseMilesimasOf, categoriaOf, countArticulos, createFicha } from './articulo.ts';
import type { FichaKlk } from './articulo.ts';

/** One row of `POST /maestra/articulos/almacen`, exactly as KLK spells it. */
export interface ArticuloKlk extends FichaKlk {
  stock: number;
}

export interface CatalogoOptions {
  /** Articles of every warehouse, up to 100,000. By default 3,850 to 3,870, which depends on the warehouse. */
  articulosPorAlmacen?: number | undefined;
  /** Share of the stocks that one round changes, 0 to 1; 0.05 by default. */
  movimiento?: number | undefined;
}

/** A warehouse in one round. Every round changes some of its stocks; `movimiento` adds what sales and deliveries change. */
interface AlmacenEnRonda {
  codigo: string;
  ronda: number;
  movimiento?: MovimientoAlmacen | undefined;
}

/** What sales and deliveries have changed in a warehouse up to a moment. */
export interface MovimientoAlmacen {
  /** The stock in thousandths; `milesimas` is the stock without sales and deliveries. */
  stock: (existencia: Existencia, milesimas: number) => number;
  /** By what the usual price of an article is multiplied. */
  factorDePrecio: (numero: number) => number;
}

const SIN_MOVIMIENTO: MovimientoAlmacen = {
  stock: (_existencia, milesimas) => milesimas,
  factorDePrecio: () => 1,
};

/** The articles of any warehouses in any round. The same arguments always give the same rows. */
export interface Catalogo {
  articulos: (almacenes: readonly AlmacenEnRonda[]) => ArticuloKlk[];
  /** The same rows, each written as JSON. */
  serialize: (almacenes: readonly AlmacenEnRonda[]) => string[];
}

/** An article at one price. */
interface Oferta {
  articulo: FichaKlk;
  /** The row's JSON up to the value of its stock; it is serialized once. */
  jsonHastaStock: string;
}

/** An article in a warehouse, before sales and deliveries. Stock is in thousandths of a unit or of a kilo. */
interface Existencia {
  numero: number;
  /** Key: the factor of the price. */
  ofertas: Map<number, Oferta>;
  baseMilesimas: number;
  pasoMilesimas: number;
  /** Movements before round 0. The fractions are spread evenly over the articles, so that every round changes the same share of them. */
  fase: number;
}

const GOLDEN_RATIO = 0.618033988749895;

/** Creates the catalogue. The articles of a warehouse are made when they are first asked for (some 30 ms) and kept. */
export function createCatalogo({ articulosPorAlmacen, movimiento = 0.05 }: CatalogoOptions): Catalogo {
  const existencias = new Map<string, Existencia[]>();

  function existenciasDe(codigo: string): Existencia[] {
    const known = existencias.get(codigo);
    if (known !== undefined) return known;
    const length = countArticulos(codigo, articulosPorAlmacen);
    const created = Array.from({ length }, (_, index) => createExistencia(codigo, index + 1));
    existencias.set(codigo, created);
    return created;
  }

  const mapExistencias = <T>(
    almacenes: readonly AlmacenEnRonda[],
    row: (oferta: Oferta, stock: number) => T,
  ): T[] =>
    almacenes.flatMap(({ codigo, ronda, movimiento: delComercio = SIN_MOVIMIENTO }) =>
      existenciasDe(codigo).map((existencia) => {
        const milesimas = stockAfter(existencia, Math.floor(ronda * movimiento + existencia.fase));
        const oferta = ofertaOf(codigo, existencia, delComercio.factorDePrecio(existencia.numero));
        return row(oferta, delComercio.stock(existencia, milesimas) / 1000);
      }),
    );

  return {
    articulos: (almacenes) => mapExistencias(almacenes, ({ articulo }, stock) => ({ ...articulo, stock })),
    serialize: (almacenes) =>
      mapExistencias(almacenes, ({ jsonHastaStock }, stock) => `${jsonHastaStock}${stock}}`),
  };
}

function ofertaOf(codigoAlmacen: string, { numero, ofertas }: Existencia, factorDePrecio: number): Oferta {
  const known = ofertas.get(factorDePrecio);
  if (known !== undefined) return known;
  const articulo = createFicha(codigoAlmacen, numero, factorDePrecio);
  const created = { articulo, jsonHastaStock: `${JSON.stringify(articulo).slice(0, -1)},"stock":` };
  ofertas.set(factorDePrecio, created);
  return created;
}

/** The stock in thousandths after so many movements. Every movement changes it: multiples of 3 modulo 8 go up and down, and two in a row differ. */
function stockAfter({ baseMilesimas, pasoMilesimas }: Existencia, movimientos: number): number {
  const pasos = baseMilesimas === 0 ? movimientos % 2 : (movimientos * 3) % 8;
  return baseMilesimas + pasos * pasoMilesimas;
}

function createExistencia(codigoAlmacen: string, numero: number): Existencia {
  const hashed = hashOfExistencia(codigoAlmacen, numero);
  return {
    numero,
    ofertas: new Map(),
    baseMilesimas: baseMilesimasOf(codigoAlmacen, numero),
    pasoMilesimas: categoriaOf(numero).porPeso ? 1 + (hashed % 900) : 1000,
    fase: (hashed % 8) + ((numero * GOLDEN_RATIO) % 1),
  };
}
