import { elementAt } from './random.ts';
import { listDias, startOfDia } from './calendario.ts';
import { isConocida } from './comercio.ts';
import type { Comercio, FacturaRegistrada } from './comercio.ts';
import type { Factura, LineaVendida } from './facturas.ts';
import { toVentas } from './venta.ts';
import type { VentaKlk } from './venta.ts';
import type { VentasRequest } from './ventas-request.ts';

/** The sales that KLK knows at a moment, in milliseconds since 1970; the newest invoice first. */
export interface Ventas {
  /** The lines of an answer, repeated ones included. */
  lineas: (pedido: VentasRequest, momento: number) => VentaKlk[];
  /** The same lines, each written as JSON. */
  serialize: (pedido: VentasRequest, momento: number) => Buffer[];
  /** All lines of a branch on a day, each once. */
  lineasOfDia: (sucursal: string, dia: string, momento: number) => VentaKlk[];
}

/** Whether an answer includes the lines of the second `hora_hasta`. What the real KLK does is not known. */
export type UltimoSegundo = 'incluido' | 'excluido';

/** Creates the answers about what `comercio` sold. The JSON of a line is kept as long as `comercio` keeps its day. */
export function createVentas(comercio: Comercio, ultimoSegundo: UltimoSegundo): Ventas {
  const written = new WeakMap<FacturaRegistrada, Buffer[]>();

  function serializeFactura(registrada: FacturaRegistrada): Buffer[] {
    const known = written.get(registrada);
    if (known !== undefined) return known;
    const rows = toVentas(registrada.factura).map((venta) => Buffer.from(JSON.stringify(venta)));
    written.set(registrada, rows);
    return rows;
  }

  const facturasOf = (sucursal: string, dia: string, momento: number): FacturaRegistrada[] =>
    comercio
      .facturas(sucursal, dia)
      .filter((registrada) => isConocida(registrada, momento))
      .toReversed();

  function answer<T>(
    pedido: VentasRequest,
    momento: number,
    rowsOf: (registrada: FacturaRegistrada) => readonly T[],
  ): T[] {
    return listDias(pedido.fecha_desde, pedido.fecha_hasta)
      .flatMap((dia) => facturasOf(pedido.sucursal, dia, momento))
      .filter(({ factura }) => isInHoras(factura, pedido, ultimoSegundo))
      .flatMap((registrada) => {
        const rows = rowsOf(registrada);
        return registrada.factura.lineas.flatMap((linea, index) => {
          if (!isAskedFor(linea, pedido)) return [];
          const row = elementAt(rows, index);
          return registrada.repetidas.has(linea.linea) ? [row, row] : [row];
        });
      });
  }

  return {
    lineas: (pedido, momento) => answer(pedido, momento, ({ factura }) => toVentas(factura)),
    serialize: (pedido, momento) => answer(pedido, momento, serializeFactura),
    lineasOfDia: (sucursal, dia, momento) =>
      facturasOf(sucursal, dia, momento).flatMap(({ factura }) => toVentas(factura)),
  };
}

function isInHoras(
  { dia, momento }: Factura,
  { hora_desde, hora_hasta }: VentasRequest,
  ultimoSegundo: UltimoSegundo,
): boolean {
  const segundo = Math.floor((momento - startOfDia(dia)) / 1000);
  const fin = hora_hasta === undefined ? Infinity : toSegundo(hora_hasta);
  const empezo = hora_desde === undefined || toSegundo(hora_desde) <= segundo;
  return empezo && (segundo < fin || (segundo === fin && ultimoSegundo === 'incluido'));
}

const toSegundo = (hora: string): number => Date.parse(`1970-01-01T${hora}Z`) / 1000;

const isAskedFor = (
  { almacen, articulo }: LineaVendida,
  { almacen: pedido, CodArticulo }: VentasRequest,
): boolean =>
  (pedido === '' || almacen.codigo === pedido) && (CodArticulo === '' || articulo.codigo === CodArticulo);
