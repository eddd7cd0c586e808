import { baseMilesimasOf, categoriaOf, countArticulos, createFicha } from './articulo.ts';
import { hash, pickInteger } from './random.ts';
import type { Random } from './random.ts';
import { numberOfDia } from './calendario.ts';
import type { Fluctuations } from './fluctuations.ts';

/** The article of a sale, exactly as KLK spells it. */
export interface ProductoKlk {
  codigo_producto: string;
  descripcion_producto: string;
  marca_producto: string;
  modelo_producto: string;
  categoria_producto: string;
  grupo_articulo: string;
  subgrupo_producto: string;
  categoria_nombre: string;
  codigo_barras: string;
  serial: string;
  imei: string;
}

/** An article with what a sale needs of it. Prices are in USD without VAT. */
export interface ArticuloVendible {
  codigo: string;
  producto: ProductoKlk;
  porPeso: boolean;
  precio: number;
  costo: number;
  iva: number;
}

/** The articles that a warehouse sells. */
export interface Surtido {
  /** Picks the article of a line sold on a day. Low numbers sell most; one line in 250 is of an article that is in no inventory. */
  pick: (random: Random, dia: string) => ArticuloVendible;
}

/** Articles from this number on are sold but in no inventory; an inventory has at most 100,000. */
const SIN_INVENTARIO = 900_001;

/** Creates the articles of a warehouse. One is made when it is first sold at a price, and kept. */
export function createSurtido(
  codigoAlmacen: string,
  articulosPorAlmacen: number | undefined,
  fluctuations: Fluctuations,
): Surtido {
  const cantidad = countArticulos(codigoAlmacen, articulosPorAlmacen);
  const articulos = new Map<string, ArticuloVendible>();

  const pickNumero = (random: Random): number => 1 + Math.floor(cantidad * random() ** 1.5);

  // An article that the shelf lacks is mostly replaced by another one; otherwise it is sold and its stock gets negative.
  function pickDisponible(random: Random, numeroDeDia: number): number {
    const numero = pickNumero(random);
    const baseMilesimas = baseMilesimasOf(codigoAlmacen, numero);
    const hay =
      baseMilesimas > 0 && !fluctuations.falta(codigoAlmacen, { numero, baseMilesimas }, numeroDeDia);
    return hay ? numero : pickNumero(random);
  }

  return {
    pick: (random, dia) => {
      const numeroDeDia = numberOfDia(dia);
      const numero =
        pickInteger(random, 250) === 0
          ? SIN_INVENTARIO + pickInteger(random, 40)
          : pickDisponible(random, numeroDeDia);
      const factorDePrecio = fluctuations.factorDePrecio(numero, numeroDeDia);
      const key = `${numero} ${factorDePrecio}`;
      const known = articulos.get(key);
      if (known !== undefined) return known;
      const created = createArticulo(codigoAlmacen, numero, factorDePrecio);
      articulos.set(key, created);
      return created;
    },
  };
}

function createArticulo(codigoAlmacen: string, numero: number, factorDePrecio: number): ArticuloVendible {
  const ficha = createFicha(codigoAlmacen, numero, factorDePrecio);
  return {
    codigo: ficha.Codigo,
    producto: {
      codigo_producto: ficha.Codigo,
      descripcion_producto: ficha.NombreProducto,
      marca_producto: ficha.Marca ?? '',
      modelo_producto: '',
      categoria_producto: ficha.Descripcion,
      grupo_articulo: ficha.Descripcion_categoria,
      subgrupo_producto: ficha.Subcategoria,
      categoria_nombre: 'ACCESORIOS',
      codigo_barras: ficha.Barra,
      serial: '',
      imei: '',
    },
    porPeso: categoriaOf(numero).porPeso,
    precio: ficha.Precio,
    // From 0.60 to 1.04 of the price: some articles are sold at a loss.
    costo: Number((ficha.Precio * (0.6 + (hash(`costo ${numero}`) % 45) / 100)).toFixed(4)),
    iva: ficha.Iva,
  };
}
