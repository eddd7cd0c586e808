import { hash } from './random.ts';

/** An article, and its initial stock in a warehouse in thousandths. */
interface ArticuloEntregado {
  numero: number;
  baseMilesimas: number;
}

/** Changes over weeks: missing deliveries, and prices. The same arguments always give the same answer. */
export interface Fluctuations {
  /** Whether an article is not delivered to the warehouse on a day, so that its shelf is empty. */
  falta: (codigoAlmacen: string, articulo: ArticuloEntregado, numeroDeDia: number) => boolean;
  /** The factor by which the price of the article is multiplied on a day in every warehouse. */
  factorDePrecio: (numero: number, numeroDeDia: number) => number;
}

/** Everything is delivered every day, at the same price. */
export const NO_FLUCTUATIONS: Fluctuations = { falta: () => false, factorDePrecio: () => 1 };

const CICLO_DE_ENTREGA = 30;
/** Only articles with at most this initial stock, in thousandths, go undelivered. */
const POCO = 30_000;

const CICLO_DE_PRECIO = 45;

/** An article with a small stock goes undelivered for 2 to 12 days in one of three cycles. Every 45 days one price in three changes. */
export const FLUCTUATIONS: Fluctuations = {
  falta: (codigoAlmacen, { numero, baseMilesimas }, numeroDeDia) => {
    if (baseMilesimas <= 0 || baseMilesimas > POCO) return false;
    // The article's number shifts its cycle, so that cycles begin on every day.
    const corrido = numeroDeDia + 7 * numero;
    const hashed = hash(`entrega ${codigoAlmacen} ${numero} ${Math.floor(corrido / CICLO_DE_ENTREGA)}`);
    return hashed % 3 === 0 && corrido % CICLO_DE_ENTREGA < 2 + (Math.floor(hashed / 3) % 11);
  },
  factorDePrecio: (numero, numeroDeDia) => {
    const hashed = hash(`alza ${numero} ${Math.floor((numeroDeDia + 7 * numero) / CICLO_DE_PRECIO)}`);
    return hashed % 3 === 0 ? (96 + (Math.floor(hashed / 3) % 14)) / 100 : 1;
  },
};
