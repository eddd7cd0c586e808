import { listReposicion } from './almacenes.ts';
import type { TiendaKlk } from './almacenes.ts';
import type { MovimientoAlmacen } from './articulos.ts';
import { createRandom, hash, pickInteger } from './random.ts';
import type { Random } from './random.ts';
import { numberOfDia, startOfDia, toDia } from './calendario.ts';
import type { Comercio } from './comercio.ts';
import type { Fluctuations } from './fluctuations.ts';

/** The time of day at which every shelf is filled; sales begin later. */
const SURTIDO_MS = 5 * 3_600_000;
const DIA_MS = 86_400_000;

/**
 * What sales and deliveries do to the stock of a warehouse up to a moment. At 05:00 each shelf is filled to its level, or is empty while its
 * article is not delivered. Every day the level of one article in seven changes. The stock falls with each sale at the time of the sale, even if
 * KLK receives the invoice later; a cancelled invoice returns its goods at its cancellation. Every day one article in 200 loses something without a sale.
 */
export function createMovimientos(
  tiendas: readonly TiendaKlk[],
  comercio: Comercio,
  fluctuations: Fluctuations,
): (almacen: string, momento: number) => MovimientoAlmacen {
  const sucursales = new Map(
    listReposicion(tiendas).map(({ CodigoAlmacen, CodigoSucursal }) => [CodigoAlmacen, CodigoSucursal]),
  );

  function sumVendidas(almacen: string, dia: string, momento: number): Map<number, number> {
    const vendidas = new Map<number, number>();
    for (const { factura, anulada } of comercio.facturas(sucursales.get(almacen) ?? '', dia)) {
      if (factura.momento > momento || anulada <= momento) continue;
      for (const linea of factura.lineas) {
        if (linea.almacen.codigo !== almacen) continue;
        const numero = Number(linea.articulo.codigo);
        vendidas.set(numero, (vendidas.get(numero) ?? 0) + linea.milesimas);
      }
    }
    return vendidas;
  }

  return (almacen, momento) => {
    const dia = toDia(momento - SURTIDO_MS);
    const surtido = startOfDia(dia) + SURTIDO_MS;
    const vendidas = sumVendidas(almacen, dia, momento);
    const numeroDeDia = numberOfDia(dia);
    const seed = hash(almacen);
    const stock: MovimientoAlmacen['stock'] = (existencia, milesimas) => {
      const { numero, baseMilesimas, pasoMilesimas } = existencia;
      const vendida = vendidas.get(numero) ?? 0;
      if (fluctuations.falta(almacen, existencia, numeroDeDia)) return 0 - vendida; // never -0
      if (baseMilesimas <= 0) return milesimas - vendida; // neither delivered nor lost
      const randomOf = (periodo: number): Random =>
        createRandom(seed ^ Math.imul(numero, 0x85ebca6b) ^ Math.imul(periodo, 0x9e3779b1));
      const semana = Math.floor((numeroDeDia + numero) / 7);
      const nivel = pickInteger(randomOf(semana), 5) * pasoMilesimas;
      const merma = surtido + pickMomentoDeMerma(randomOf(numeroDeDia)) <= momento ? pasoMilesimas : 0;
      return milesimas + nivel - vendida - merma;
    };
    return { stock, factorDePrecio: (numero) => fluctuations.factorDePrecio(numero, numeroDeDia) };
  };
}

/** When an article loses something, in milliseconds after its shelf was filled; `Infinity` for most. */
const pickMomentoDeMerma = (random: Random): number =>
  pickInteger(random, 200) === 0 ? pickInteger(random, DIA_MS) : Infinity;
