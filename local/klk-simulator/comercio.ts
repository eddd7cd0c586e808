import { listReposicion } from './almacenes.ts';
import type { TiendaKlk } from './almacenes.ts';
import { createRandom, elementAt, hash, pickInteger } from './random.ts';
import type { Random } from './random.ts';
import { createFacturas } from './facturas.ts';
import type { Factura, Vendedora } from './facturas.ts';
import { createSurtido } from './surtido.ts';
import { NO_FLUCTUATIONS } from './fluctuations.ts';
import type { Fluctuations } from './fluctuations.ts';

export interface ComercioOptions {
  /** The stores KLK knows. Those of the type `tienda` sell. */
  tiendas: readonly TiendaKlk[];
  /** See `CatalogoOptions`. */
  articulosPorAlmacen?: number | undefined;
  /** Lines that each branch sells on a day, as the mean of a week, up to 500,000; 300 by default. */
  lineasPorDia?: number | undefined;
  /** Shares of invoices and lines that KLK handles irregularly. */
  quirks?: Partial<Quirks> | undefined;
  /** Missing deliveries and changes of prices; none by default. */
  fluctuations?: Fluctuations | undefined;
}

/** What KLK does irregularly, as shares from 0 to 1. */
interface Quirks {
  /** Invoices that KLK receives late: four in five by up to 40 minutes, most others by hours, one in 20 by up to six days. 0.02 by default. */
  tardias: number;
  /** Invoices, of those in time, that are cancelled within a day: KLK no longer answers them. 0.005 by default. */
  anuladas: number;
  /** Lines that every answer has twice. 0.003 by default. */
  repetidas: number;
}

/** An invoice, and the moments at which KLK receives it and cancels it, in milliseconds since 1970. */
export interface FacturaRegistrada {
  factura: Factura;
  llega: number;
  /** `Infinity` for one that is never cancelled. */
  anulada: number;
  /** The numbers of the lines that answers repeat. */
  repetidas: ReadonlySet<number>;
}

/** What the chain sells. The same arguments always give the same invoices. */
export interface Comercio {
  /** Every invoice of a branch on a day, also those still to come, the oldest first; none for a branch that does not sell. */
  facturas: (sucursal: string, dia: string) => readonly FacturaRegistrada[];
}

/** Lines, at most, of the days that are kept in memory. */
const LINEAS_GUARDADAS = 300_000;

const MINUTO_MS = 60_000;
const HORA_MS = 60 * MINUTO_MS;
const DIA_MS = 24 * HORA_MS;

/** Creates the sales. A day is made when it is first asked for (12,000 lines take some 15 ms); the days asked for last are kept. */
export function createComercio(options: ComercioOptions): Comercio {
  const { lineasPorDia = 300 } = options;
  const quirks: Quirks = { tardias: 0.02, anuladas: 0.005, repetidas: 0.003, ...options.quirks };
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
    dias.delete(key); // inserted again, so that it is the last to be forgotten
    dias.set(key, kept);
    if (known === undefined) forgetOldest();
    return kept.facturas;
  }

  function createDia(
    vendedora: Vendedora,
    dia: string,
  ): { facturas: readonly FacturaRegistrada[]; lineas: number } {
    const created = createFacturas(vendedora, dia, lineasPorDia).map((factura) =>
      register(factura, createRandom(hash(`${vendedora.sucursal} ${factura.numero}`)), quirks),
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
  const { tiendas, articulosPorAlmacen, fluctuations = NO_FLUCTUATIONS } = options;
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
    surtido: createSurtido(piso.codigo, articulosPorAlmacen, fluctuations),
  };
}

function register(factura: Factura, random: Random, quirks: Quirks): FacturaRegistrada {
  const tarde = random() < quirks.tardias;
  const seAnula = random() < quirks.anuladas;
  return {
    factura,
    llega: factura.momento + (tarde ? pickRetraso(random) : 0),
    anulada: !tarde && seAnula ? factura.momento + 2 * MINUTO_MS + pickInteger(random, DIA_MS) : Infinity,
    repetidas: new Set(factura.lineas.filter(() => random() < quirks.repetidas).map(({ linea }) => linea)),
  };
}

function pickRetraso(random: Random): number {
  const clase = pickInteger(random, 20);
  if (clase < 16) return MINUTO_MS + pickInteger(random, 40 * MINUTO_MS);
  if (clase < 19) return HORA_MS + pickInteger(random, 12 * HORA_MS);
  return DIA_MS + pickInteger(random, 5 * DIA_MS);
}

/** Whether KLK answers the invoice at a moment. */
export const isConocida = ({ llega, anulada }: FacturaRegistrada, momento: number): boolean =>
  llega <= momento && momento < anulada;
