import { createRandom, elementAt, hash, pickInteger } from './random.ts';
import type { Random } from './random.ts';
import { numberOfDia, startOfDia } from './calendario.ts';
import type { ArticuloVendible, Surtido } from './surtido.ts';

/** An invoice as the till wrote it. */
export interface Factura {
  numero: string;
  dia: string;
  /** `HH:MM:SS.fffffff` of Caracas. */
  hora: string;
  /** In milliseconds since 1970. */
  momento: number;
  tasaUsd: number;
  esNoFiscal: boolean;
  lineas: readonly LineaVendida[];
}

/** A line of an invoice. `milesimas` are thousandths of a unit or of a kilo, negative for a return. */
export interface LineaVendida {
  linea: number;
  articulo: ArticuloVendible;
  almacen: Almacen;
  milesimas: number;
  descuentos: Descuentos;
  codigoPromocion: string;
}

/** Discounts in percent. */
interface Descuentos {
  producto: number;
  fidelizacion: number;
  formaPago: number;
}

interface Almacen {
  codigo: string;
  nombre: string;
}

/** A branch that sells. */
export interface Vendedora {
  sucursal: string;
  /** The first sells nine lines in ten. */
  almacenes: readonly Almacen[];
  /** Where returned articles go. */
  devoluciones: Almacen;
  surtido: Surtido;
}

const SEGUNDOS_POR_HORA = 3600;
const OPENS_AT = 7;
/** Weights of the hours, from opening to closing at 21:00, in the invoices of a day. */
const PESO_POR_HORA = [2, 4, 5, 6, 8, 10, 8, 6, 6, 7, 10, 12, 9, 4];
const HORAS = PESO_POR_HORA.flatMap((peso, index) => Array.from({ length: peso }, () => OPENS_AT + index));

/** The lines of each day, from Sunday to Saturday, relative to the week's mean. */
const FACTOR_POR_DIA = [1.1, 0.85, 0.85, 0.9, 0.95, 1.1, 1.25];

const CAJAS = 10;
const LINEAS_MAXIMAS = 12;

/** Lines that a branch sells on a day; returns are shorter, so it may be a few less. `lineasPorDia` is the mean of a week. */
const countLineas = (dia: string, lineasPorDia: number): number =>
  Math.round(lineasPorDia * elementAt(FACTOR_POR_DIA, new Date(dia).getUTCDay()));

/** All invoices of a branch on a day, the oldest first. The same arguments always give the same invoices. */
export function createFacturas(vendedora: Vendedora, dia: string, lineasPorDia: number): Factura[] {
  const random = createRandom(hash(`ventas ${vendedora.sucursal} ${dia}`));
  const cobros = pickTamanos(random, countLineas(dia, lineasPorDia)).map((tamano) => ({
    tamano,
    milisegundo: pickMilisegundo(random),
  }));
  cobros.sort((one, other) => one.milisegundo - other.milisegundo);
  const inicio = startOfDia(dia);
  const tasaUsd = tasaOf(dia);
  const nextNumero = createNumerador(dia);
  return cobros.map(({ tamano, milisegundo }) => {
    const esDevolucion = pickInteger(random, 50) === 0;
    const length = esDevolucion ? Math.min(tamano, 2) : tamano;
    return {
      numero: nextNumero(1 + pickInteger(random, CAJAS)),
      dia,
      hora: toHoraKlk(milisegundo, pickInteger(random, 10_000)),
      momento: inicio + milisegundo,
      tasaUsd,
      esNoFiscal: pickInteger(random, 50) === 0,
      lineas: Array.from({ length }, (_, index) =>
        createLinea(vendedora, random, { dia, linea: index + 1, esDevolucion }),
      ),
    };
  });
}

/** The number of lines of each invoice. Most have few lines; the mean is a little more than five. */
function pickTamanos(random: Random, lineas: number): number[] {
  const tamanos: number[] = [];
  for (let left = lineas; left > 0;) {
    const tamano = Math.min(left, 1 + Math.floor(LINEAS_MAXIMAS * random() ** 1.6));
    tamanos.push(tamano);
    left -= tamano;
  }
  return tamanos;
}

/** The invoice's millisecond of the day. One invoice in 40 is in the first second of an hour or a half hour. */
function pickMilisegundo(random: Random): number {
  const segundo =
    elementAt(HORAS, pickInteger(random, HORAS.length)) * SEGUNDOS_POR_HORA +
    pickInteger(random, SEGUNDOS_POR_HORA);
  const enPunto = pickInteger(random, 40) === 0;
  return 1000 * (enPunto ? segundo - (segundo % 1800) : segundo) + pickInteger(random, 1000);
}

function createLinea(
  vendedora: Vendedora,
  random: Random,
  { dia, linea, esDevolucion }: { dia: string; linea: number; esDevolucion: boolean },
): LineaVendida {
  const articulo = vendedora.surtido.pick(random, dia);
  const milesimas = articulo.porPeso
    ? 50 + pickInteger(random, 2_951)
    : 1000 * (1 + Math.floor(6 * random() ** 4));
  const promocion = pickInteger(random, 15);
  const oneIn = (veces: number, porcentaje: number): number =>
    pickInteger(random, veces) === 0 ? porcentaje : 0;
  return {
    linea,
    articulo,
    almacen: esDevolucion ? vendedora.devoluciones : pickAlmacen(vendedora.almacenes, random),
    milesimas: esDevolucion ? -milesimas : milesimas,
    descuentos: {
      producto: promocion === 0 ? 5 * (1 + pickInteger(random, 4)) : oneIn(30, 5),
      fidelizacion: oneIn(50, 2),
      formaPago: oneIn(40, 3),
    },
    codigoPromocion: promocion === 0 ? `PROMO-${1 + pickInteger(random, 20)}` : '',
  };
}

function pickAlmacen(almacenes: readonly Almacen[], random: Random): Almacen {
  const primero = pickInteger(random, 10) > 0;
  return elementAt(almacenes, primero ? 0 : pickInteger(random, almacenes.length));
}

/** Bolivars for a dollar: 236.46 on 2025-11-17, and 0.1 % more every day. */
function tasaOf(dia: string): number {
  return Number((236.46 * 1.001 ** (numberOfDia(dia) - numberOfDia('2025-11-17'))).toFixed(2));
}

/** Creates the numbers of a day's invoices. Within 27 years a branch uses none twice; different branches use the same numbers. */
function createNumerador(dia: string): (caja: number) => string {
  const siguientes = new Map<number, number>();
  const base = (numberOfDia(dia) % 10_000) * 10_000;
  return (caja) => {
    const siguiente = (siguientes.get(caja) ?? 0) + 1;
    siguientes.set(caja, siguiente);
    return `C${String(caja).padStart(2, '0')}-01-${String(base + siguiente).padStart(8, '0')}`;
  };
}

/** The time of day as KLK writes it, with seven decimals of a second. */
function toHoraKlk(milisegundo: number, diezmillonesimas: number): string {
  const conMilesimas = new Date(milisegundo).toISOString().slice(11, 23);
  return `${conMilesimas}${String(diezmillonesimas).padStart(4, '0')}`;
}
