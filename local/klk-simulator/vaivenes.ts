import { hash } from './azar.ts';

/** An article, and what a warehouse has of it before anything moves, in thousandths. */
interface ArticuloEntregado {
  numero: number;
  baseMilesimas: number;
}

/** What changes over weeks: what suppliers deliver, and prices. The same arguments always give the same answer. */
export interface Vaivenes {
  /** Whether nobody delivers an article to the warehouse on a day, so that its shelf is empty. */
  falta: (codigoAlmacen: string, articulo: ArticuloEntregado, numeroDeDia: number) => boolean;
  /** By what the price of the article is multiplied on a day, the same in every warehouse. */
  factorDePrecio: (numero: number, numeroDeDia: number) => number;
}

/** Everything is delivered every day, at the same price. */
export const SIN_VAIVENES: Vaivenes = { falta: () => false, factorDePrecio: () => 1 };

const CICLO_DE_ENTREGA = 30;
/** Only what the shelf holds little of goes missing, in thousandths. */
const POCO = 30_000;

const CICLO_DE_PRECIO = 45;

/** Of an article with few on the shelf, one delivery in three does not come for 2 to 12 days. Every 45 days one price in three is another. */
export const VAIVENES: Vaivenes = {
  falta: (codigoAlmacen, { numero, baseMilesimas }, numeroDeDia) => {
    if (baseMilesimas <= 0 || baseMilesimas > POCO) return false;
    // The number of an article shifts its cycle, so that some cycles begin every day.
    const corrido = numeroDeDia + 7 * numero;
    const azar = hash(`entrega ${codigoAlmacen} ${numero} ${Math.floor(corrido / CICLO_DE_ENTREGA)}`);
    return azar % 3 === 0 && corrido % CICLO_DE_ENTREGA < 2 + (Math.floor(azar / 3) % 11);
  },
  factorDePrecio: (numero, numeroDeDia) => {
    const azar = hash(`alza ${numero} ${Math.floor((numeroDeDia + 7 * numero) / CICLO_DE_PRECIO)}`);
    return azar % 3 === 0 ? (96 + (Math.floor(azar / 3) % 14)) / 100 : 1;
  },
};
