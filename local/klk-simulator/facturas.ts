import { createAzar, elementAt, hash, pickEntero } from './azar.ts';
import type { Azar } from './azar.ts';
import { numberOfDia, startOfDia } from './calendario.ts';
import type { ArticuloVendible, Surtido } from './surtido.ts';

/** An invoice as the till wrote it. */
export interface Factura {
  numero: string;
  dia: string;
  /** `HH:MM:SS.fffffff` of Caracas. */
  hora: string;
  /** Of the invoice, in milliseconds of the epoch. */
  momento: number;
  tasaUsd: number;
  esNoFiscal: boolean;
  lineas: readonly LineaVendida[];
}

/** A line of an invoice: thousandths of a unit or of a kilo, negative where they came back. */
export interface LineaVendida {
  linea: number;
  articulo: ArticuloVendible;
  almacen: Almacen;
  milesimas: number;
  descuentos: Descuentos;
  codigoPromocion: string;
}

/** In percent. */
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
  /** The first sells nine lines in ten, the others the rest. */
  almacenes: readonly Almacen[];
  /** Where returned articles go. */
  devoluciones: Almacen;
  surtido: Surtido;
}

const SEGUNDOS_POR_HORA = 3600;
const ABRE = 7;
/** Of each hour from opening to closing at 21:00, of all lines of the day. */
const PESO_POR_HORA = [2, 4, 5, 6, 8, 10, 8, 6, 6, 7, 10, 12, 9, 4];
const HORAS = PESO_POR_HORA.flatMap((peso, index) => Array.from({ length: peso }, () => ABRE + index));

/** From Sunday to Saturday, 7 in all. */
const FACTOR_POR_DIA = [1.1, 0.85, 0.85, 0.9, 0.95, 1.1, 1.25];

const CAJAS = 10;
const LINEAS_MAXIMAS = 12;

/** How many lines a branch sells on a day, or a few less, if `lineasPorDia` is the mean of a week. */
const countLineas = (dia: string, lineasPorDia: number): number =>
  Math.round(lineasPorDia * elementAt(FACTOR_POR_DIA, new Date(dia).getUTCDay()));

/** All invoices of a branch and a day, the oldest first: the same arguments always give the same ones. */
export function createFacturas(vendedora: Vendedora, dia: string, lineasPorDia: number): Factura[] {
  const azar = createAzar(hash(`ventas ${vendedora.sucursal} ${dia}`));
  const cobros = pickTamanos(azar, countLineas(dia, lineasPorDia)).map((tamano) => ({
    tamano,
    milisegundo: pickMilisegundo(azar),
  }));
  cobros.sort((one, other) => one.milisegundo - other.milisegundo);
  const inicio = startOfDia(dia);
  const tasaUsd = tasaOf(dia);
  const nextNumero = createNumerador(dia);
  return cobros.map(({ tamano, milisegundo }) => {
    const esDevolucion = pickEntero(azar, 50) === 0;
    const length = esDevolucion ? Math.min(tamano, 2) : tamano;
    return {
      numero: nextNumero(1 + pickEntero(azar, CAJAS)),
      dia,
      hora: toHoraKlk(milisegundo, pickEntero(azar, 10_000)),
      momento: inicio + milisegundo,
      tasaUsd,
      esNoFiscal: pickEntero(azar, 50) === 0,
      lineas: Array.from({ length }, (_, index) =>
        createLinea(vendedora, azar, { dia, linea: index + 1, esDevolucion }),
      ),
    };
  });
}

/** Lines of each invoice, most of them few; a little more than five is the mean. */
function pickTamanos(azar: Azar, lineas: number): number[] {
  const tamanos: number[] = [];
  for (let left = lineas; left > 0;) {
    const tamano = Math.min(left, 1 + Math.floor(LINEAS_MAXIMAS * azar() ** 1.6));
    tamanos.push(tamano);
    left -= tamano;
  }
  return tamanos;
}

/** Of the day. One invoice in 40 falls into the first second of an hour or of its half. */
function pickMilisegundo(azar: Azar): number {
  const segundo =
    elementAt(HORAS, pickEntero(azar, HORAS.length)) * SEGUNDOS_POR_HORA +
    pickEntero(azar, SEGUNDOS_POR_HORA);
  const enPunto = pickEntero(azar, 40) === 0;
  return 1000 * (enPunto ? segundo - (segundo % 1800) : segundo) + pickEntero(azar, 1000);
}

function createLinea(
  vendedora: Vendedora,
  azar: Azar,
  { dia, linea, esDevolucion }: { dia: string; linea: number; esDevolucion: boolean },
): LineaVendida {
  const articulo = vendedora.surtido.pick(azar, dia);
  const milesimas = articulo.porPeso
    ? 50 + pickEntero(azar, 2_951)
    : 1000 * (1 + Math.floor(6 * azar() ** 4));
  const promocion = pickEntero(azar, 15);
  const oneIn = (veces: number, porcentaje: number): number =>
    pickEntero(azar, veces) === 0 ? porcentaje : 0;
  return {
    linea,
    articulo,
    almacen: esDevolucion ? vendedora.devoluciones : pickAlmacen(vendedora.almacenes, azar),
    milesimas: esDevolucion ? -milesimas : milesimas,
    descuentos: {
      producto: promocion === 0 ? 5 * (1 + pickEntero(azar, 4)) : oneIn(30, 5),
      fidelizacion: oneIn(50, 2),
      formaPago: oneIn(40, 3),
    },
    codigoPromocion: promocion === 0 ? `PROMO-${1 + pickEntero(azar, 20)}` : '',
  };
}

function pickAlmacen(almacenes: readonly Almacen[], azar: Azar): Almacen {
  const primero = pickEntero(azar, 10) > 0;
  return elementAt(almacenes, primero ? 0 : pickEntero(azar, almacenes.length));
}

/** Bolivars for a dollar: 236.46 on 2025-11-17, and 0.1 % more every day. */
function tasaOf(dia: string): number {
  return Number((236.46 * 1.001 ** (numberOfDia(dia) - numberOfDia('2025-11-17'))).toFixed(2));
}

/** Numbers that a branch never uses twice within 27 years; every branch counts alike, so they repeat between branches. */
function createNumerador(dia: string): (caja: number) => string {
  const siguientes = new Map<number, number>();
  const base = (numberOfDia(dia) % 10_000) * 10_000;
  return (caja) => {
    const siguiente = (siguientes.get(caja) ?? 0) + 1;
    siguientes.set(caja, siguiente);
    return `C${String(caja).padStart(2, '0')}-01-${String(base + siguiente).padStart(8, '0')}`;
  };
}

/** As KLK writes it, to a ten-millionth of a second. */
function toHoraKlk(milisegundo: number, diezmillonesimas: number): string {
  const conMilesimas = new Date(milisegundo).toISOString().slice(11, 23);
  return `${conMilesimas}${String(diezmillonesimas).padStart(4, '0')}`;
}
