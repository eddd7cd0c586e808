import { categoriaOf, countArticulos, createFicha, existenciaInicial } from './articulo.ts';
import type { FichaKlk } from './articulo.ts';
import { hash } from './azar.ts';

/** One row of `POST /maestra/articulos/almacen`, exactly as KLK spells it. */
export interface ArticuloKlk extends FichaKlk {
  stock: number;
}

export interface CatalogoOptions {
  /** Articles of every warehouse, up to 100,000. By default 3,850 to 3,870, each warehouse its own number. */
  articulosPorAlmacen?: number | undefined;
  /** Share of the stocks that one round changes, 0 to 1; 0.05 by default. */
  movimiento?: number | undefined;
}

/** A warehouse at one moment: every round moves some of its stocks, and so may trade. */
interface AlmacenEnRonda {
  codigo: string;
  ronda: number;
  movimiento?: MovimientoAlmacen | undefined;
}

/** By how many thousandths trade has changed the stock of an article. */
export type MovimientoAlmacen = (existencia: Existencia) => number;

/** The articles of any warehouses in any round: the same arguments always give the same rows. */
export interface Catalogo {
  articulos: (almacenes: readonly AlmacenEnRonda[]) => ArticuloKlk[];
  /** The same rows, each written as JSON. */
  serialize: (almacenes: readonly AlmacenEnRonda[]) => string[];
}

/** An article in a warehouse, before trade. Stock is counted in thousandths of a unit or of a kilo. */
interface Existencia {
  articulo: FichaKlk;
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
    const length = countArticulos(codigo, articulosPorAlmacen);
    const created = Array.from({ length }, (_, index) => createExistencia(codigo, index + 1));
    existencias.set(codigo, created);
    return created;
  }

  const mapExistencias = <T>(
    almacenes: readonly AlmacenEnRonda[],
    row: (existencia: Existencia, stock: number) => T,
  ): T[] =>
    almacenes.flatMap(({ codigo, ronda, movimiento: delComercio }) =>
      existenciasDe(codigo).map((existencia) => {
        const milesimas = stockAfter(existencia, Math.floor(ronda * movimiento + existencia.fase));
        return row(existencia, (milesimas + (delComercio?.(existencia) ?? 0)) / 1000);
      }),
    );

  return {
    articulos: (almacenes) => mapExistencias(almacenes, ({ articulo }, stock) => ({ ...articulo, stock })),
    serialize: (almacenes) =>
      mapExistencias(almacenes, ({ jsonHastaStock }, stock) => `${jsonHastaStock}${stock}}`),
  };
}

/** In thousandths. A movement always changes the stock: multiples of 3 modulo 8 go up and down and never repeat at once. */
function stockAfter({ baseMilesimas, pasoMilesimas }: Existencia, movimientos: number): number {
  const pasos = baseMilesimas === 0 ? movimientos % 2 : (movimientos * 3) % 8;
  return baseMilesimas + pasos * pasoMilesimas;
}

function createExistencia(codigoAlmacen: string, numero: number): Existencia {
  const { porPeso } = categoriaOf(numero);
  const articulo = createFicha(codigoAlmacen, numero);
  const azar = hash(`stock ${codigoAlmacen} ${numero}`);
  const milesimas = porPeso ? 1 + (azar % 90_000) : 1000 * (1 + (azar % 240));
  const signo = { agotada: 0, sobrevendida: -1, positiva: 1 }[existenciaInicial(codigoAlmacen, numero)];
  return {
    articulo,
    jsonHastaStock: `${JSON.stringify(articulo).slice(0, -1)},"stock":`,
    baseMilesimas: signo * milesimas,
    pasoMilesimas: porPeso ? 1 + (azar % 900) : 1000,
    fase: (azar % 8) + ((numero * GOLDEN_RATIO) % 1),
  };
}
