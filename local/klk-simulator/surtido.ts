import { baseMilesimasOf, categoriaOf, countArticulos, createFicha } from './articulo.ts';
import { hash, pickEntero } from './azar.ts';
import type { Azar } from './azar.ts';
import { numberOfDia } from './calendario.ts';
import type { Vaivenes } from './vaivenes.ts';

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

/** An article with all that a sale needs; money is in dollars, net of VAT. */
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
  /** An article that is sold on a day. Low numbers sell most; one line in 250 is of an article that no inventory lists. */
  pick: (azar: Azar, dia: string) => ArticuloVendible;
}

/** Codes from here on are sold and in no inventory, which has at most 100,000. */
const SIN_INVENTARIO = 900_001;

/** Articles are made when they are first sold at a price, and kept. */
export function createSurtido(
  codigoAlmacen: string,
  articulosPorAlmacen: number | undefined,
  vaivenes: Vaivenes,
): Surtido {
  const cantidad = countArticulos(codigoAlmacen, articulosPorAlmacen);
  const articulos = new Map<string, ArticuloVendible>();

  const pickNumero = (azar: Azar): number => 1 + Math.floor(cantidad * azar() ** 1.5);

  // Most of what the shelf lacks stays unsold; the rest is sold into a negative stock.
  function pickDisponible(azar: Azar, numeroDeDia: number): number {
    const numero = pickNumero(azar);
    const baseMilesimas = baseMilesimasOf(codigoAlmacen, numero);
    const hay = baseMilesimas > 0 && !vaivenes.falta(codigoAlmacen, { numero, baseMilesimas }, numeroDeDia);
    return hay ? numero : pickNumero(azar);
  }

  return {
    pick: (azar, dia) => {
      const numeroDeDia = numberOfDia(dia);
      const numero =
        pickEntero(azar, 250) === 0
          ? SIN_INVENTARIO + pickEntero(azar, 40)
          : pickDisponible(azar, numeroDeDia);
      const factorDePrecio = vaivenes.factorDePrecio(numero, numeroDeDia);
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
