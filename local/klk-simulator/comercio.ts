import { listReposicion } from './almacenes.ts';
import type { TiendaKlk } from './almacenes.ts';
import { createAzar, elementAt, hash, pickEntero } from './azar.ts';
import type { Azar } from './azar.ts';
import { createFacturas } from './facturas.ts';
import type { Factura, Vendedora } from './facturas.ts';
import { createSurtido } from './surtido.ts';
import { SIN_VAIVENES } from './vaivenes.ts';
import type { Vaivenes } from './vaivenes.ts';

export interface ComercioOptions {
  /** The stores KLK knows. Those of the type `tienda` sell. */
  tiendas: readonly TiendaKlk[];
  /** See `CatalogoOptions`. */
  articulosPorAlmacen?: number | undefined;
  /** Lines that each branch sells on a day, as the mean of a week, up to 500,000; 300 by default. */
  lineasPorDia?: number | undefined;
  /** What happens to invoices afterwards; a little of everything by default. */
  rarezas?: Partial<Rarezas> | undefined;
  /** What goes missing for days, and prices; by default everything stays as it is. */
  vaivenes?: Vaivenes | undefined;
}

/** Shares from 0 to 1. */
interface Rarezas {
  /** Of the invoices: KLK knows them later. Four in five by up to 40 minutes, most others by hours, one in 20 by up to six days; 0.02 by default. */
  tardias: number;
  /** Of the invoices that were in time: KLK forgets them within a day; 0.005 by default. */
  anuladas: number;
  /** Of the lines: each answer has them twice; 0.003 by default. */
  repetidas: number;
}

/** An invoice, and from when to when KLK knows it, in milliseconds of the epoch. */
export interface FacturaRegistrada {
  factura: Factura;
  llega: number;
  /** `Infinity` for one that is never cancelled. */
  anulada: number;
  /** The numbers of the lines that answers repeat. */
  repetidas: ReadonlySet<number>;
}

/** What the chain sells: the same arguments always give the same invoices, whatever was asked before. */
export interface Comercio {
  /** Every invoice of a branch and a day, future ones included, the oldest first; none of a branch that does not sell. */
  facturas: (sucursal: string, dia: string) => readonly FacturaRegistrada[];
}

/** Kept days hold no more lines than these. */
const LINEAS_GUARDADAS = 300_000;

const MINUTO_MS = 60_000;
const HORA_MS = 60 * MINUTO_MS;
const DIA_MS = 24 * HORA_MS;

/** Days are made when they are first asked for (12,000 lines take some 15 ms), and the last ones kept. */
export function createComercio(options: ComercioOptions): Comercio {
  const { lineasPorDia = 300 } = options;
  const rarezas: Rarezas = { tardias: 0.02, anuladas: 0.005, repetidas: 0.003, ...options.rarezas };
  const vendedoras = new Map(
    options.tiendas
      .filter(({ tipo }) => tipo === 'tienda')
      .map((tienda) => [tienda.sucursalKlk, createVendedora(tienda, options)]),
  );
  const dias = new Map<string, { facturas: readonly FacturaRegistrada[]; lineas: number }>();

  function facturas(sucursal: string, dia: string): readonly FacturaRegistrada[] {
    const vendedora = vendedoras.get(sucursal);
    if (vendedora === undefined) return [];
    const key = `${sucursal} ${dia}`;
    const known = dias.get(key);
    const kept = known ?? createDia(vendedora, dia);
    dias.delete(key); // the last place is that of the day asked for last
    dias.set(key, kept);
    if (known === undefined) forgetOldest();
    return kept.facturas;
  }

  function createDia(
    vendedora: Vendedora,
    dia: string,
  ): { facturas: readonly FacturaRegistrada[]; lineas: number } {
    const created = createFacturas(vendedora, dia, lineasPorDia).map((factura) =>
      registrar(factura, createAzar(hash(`${vendedora.sucursal} ${factura.numero}`)), rarezas),
    );
    return {
      facturas: created,
      lineas: created.reduce((sum, { factura }) => sum + factura.lineas.length, 0),
    };
  }

  function forgetOldest(): void {
    let lineas = [...dias.values()].reduce((sum, dia) => sum + dia.lineas, 0);
    for (const [key, dia] of dias) {
      if (lineas <= LINEAS_GUARDADAS || dias.size === 1) return;
      dias.delete(key);
      lineas -= dia.lineas;
    }
  }

  return { facturas };
}

function createVendedora(tienda: TiendaKlk, options: ComercioOptions): Vendedora {
  const { tiendas, articulosPorAlmacen, vaivenes = SIN_VAIVENES } = options;
  const { sucursalKlk: sucursal, almacenes } = tienda;
  const piso = elementAt(almacenes, 0);
  const deDevoluciones = listReposicion(tiendas).find(
    (fila) => fila.CodigoSucursal === sucursal && fila.NombreAlmacen === 'DEVOLUCIONES',
  );
  return {
    sucursal,
    almacenes,
    devoluciones:
      deDevoluciones === undefined
        ? piso
        : { codigo: deDevoluciones.CodigoAlmacen, nombre: deDevoluciones.NombreAlmacen },
    surtido: createSurtido(piso.codigo, articulosPorAlmacen, vaivenes),
  };
}

function registrar(factura: Factura, azar: Azar, rarezas: Rarezas): FacturaRegistrada {
  const tarde = azar() < rarezas.tardias;
  const seAnula = azar() < rarezas.anuladas;
  return {
    factura,
    llega: factura.momento + (tarde ? pickRetraso(azar) : 0),
    anulada: !tarde && seAnula ? factura.momento + 2 * MINUTO_MS + pickEntero(azar, DIA_MS) : Infinity,
    repetidas: new Set(factura.lineas.filter(() => azar() < rarezas.repetidas).map(({ linea }) => linea)),
  };
}

function pickRetraso(azar: Azar): number {
  const clase = pickEntero(azar, 20);
  if (clase < 16) return MINUTO_MS + pickEntero(azar, 40 * MINUTO_MS);
  if (clase < 19) return HORA_MS + pickEntero(azar, 12 * HORA_MS);
  return DIA_MS + pickEntero(azar, 5 * DIA_MS);
}

/** Whether KLK's answers hold the invoice at a moment. */
export const isConocida = ({ llega, anulada }: FacturaRegistrada, momento: number): boolean =>
  llega <= momento && momento < anulada;
