import type { ServerResponse } from 'node:http';
import type { TiendaKlk } from './almacenes.ts';
import { sendVentas } from './answer.ts';
import type { VentasAnswer } from './answer.ts';
import { listDias } from './calendario.ts';
import type { FaultBoard } from './fault-board.ts';
import { answerVentasWithFault, isVentasFault } from './faults.ts';
import type { Ventas } from './ventas.ts';
import type { VentasRequest } from './ventas-request.ts';

/** What the answers depend on. */
interface VentasContext {
  tiendas: readonly TiendaKlk[];
  ventas: Ventas;
  ahora: () => Date;
  faults: FaultBoard;
}

/** Answers `POST /ventas`. A fault that is switched on replaces the healthy answer. */
export type AnswerVentas = (pedido: VentasRequest, response: ServerResponse) => void;

/** Creates the endpoint. An unknown branch is answered like one that sold nothing. */
export function createVentasEndpoint(context: VentasContext): AnswerVentas {
  const { tiendas, ventas, ahora, faults } = context;

  const almacenAjenoTo = (sucursal: string): string =>
    tiendas.find(({ sucursalKlk }) => sucursalKlk !== sucursal)?.almacenes[0]?.codigo ?? 'OTRO-ALMACEN';

  return (pedido, response) => {
    const momento = ahora();
    const dias = listDias(pedido.fecha_desde, pedido.fecha_hasta);
    const fault = faults.take([pedido.sucursal], isVentasFault, dias);
    if (fault === undefined) {
      const rows = ventas.serialize(pedido, momento.getTime());
      sendVentas(response, createMeta(pedido, rows.length, momento), rows);
      return;
    }
    const lineasOf = (otro: VentasRequest): VentasAnswer['ventas'] => ventas.lineas(otro, momento.getTime());
    const lineas = lineasOf(pedido);
    const healthy = { meta: createMeta(pedido, lineas.length, momento), ventas: lineas };
    if (typeof fault === 'function') fault(response, healthy);
    else
      answerVentasWithFault(fault, {
        response,
        healthy,
        pedido,
        lineasOf,
        almacenAjeno: almacenAjenoTo(pedido.sucursal),
      });
  };
}

function createMeta(pedido: VentasRequest, totalRegistros: number, momento: Date): VentasAnswer['meta'] {
  const toEco = (hora: string | undefined): string => hora?.slice(0, 'HH:MM'.length) ?? '';
  return {
    sucursal_codigo: pedido.sucursal,
    fecha_desde: pedido.fecha_desde,
    fecha_hasta: pedido.fecha_hasta,
    hora_desde: toEco(pedido.hora_desde),
    hora_hasta: toEco(pedido.hora_hasta),
    CodArticulo: pedido.CodArticulo,
    almacen: pedido.almacen,
    total_registros: totalRegistros,
    fecha_generacion: momento.toISOString(),
  };
}
