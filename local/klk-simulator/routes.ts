import type { ServerResponse } from 'node:http';
import { listPisoVenta, listReposicion } from './almacenes.ts';
import type { TiendaKlk } from './almacenes.ts';
import { sendJson } from './answer.ts';
import type { ArticulosEndpoint } from './articulos-endpoint.ts';
import type { AnswerVentas } from './ventas-endpoint.ts';
import type { VentasRequest } from './ventas-request.ts';

/** A request and its response. */
export interface Exchange {
  response: ServerResponse;
  consulta: URLSearchParams;
  /** The warehouses that the body asks for; undefined when it asks for none. */
  codigos: string[] | undefined;
  /** The sales that the body asks for; undefined when it asks for none. */
  pedidoVentas: VentasRequest | undefined;
}

/** The one method of each path, spelled as in KLK, and its answer. */
export type Routes = Map<string, { metodo: string; answer: (exchange: Exchange) => void }>;

/** The endpoints that this project uses. */
export function createRoutes(
  tiendas: readonly TiendaKlk[],
  answerArticulos: ArticulosEndpoint['answer'],
  answerVentas: AnswerVentas,
): Routes {
  return new Map([
    [
      '/maestra/almacenes/pisoventa',
      {
        metodo: 'GET',
        answer: ({ response }) => {
          sendJson(response, listPisoVenta(tiendas));
        },
      },
    ],
    [
      '/maestra/almacenes/Reposicion',
      {
        metodo: 'GET',
        answer: ({ response, consulta }) => {
          const sucursal = consulta.get('sucursal');
          const filas = listReposicion(tiendas);
          sendJson(
            response,
            sucursal === null ? filas : filas.filter((fila) => fila.CodigoSucursal === sucursal),
          );
        },
      },
    ],
    [
      '/maestra/articulos/almacen',
      {
        metodo: 'POST',
        answer: ({ response, codigos }) => {
          if (codigos === undefined) sendJson(response, { error: 'Falta Codigoalmacen' }, 400);
          else answerArticulos(codigos, response);
        },
      },
    ],
    [
      '/ventas',
      {
        metodo: 'POST',
        answer: ({ response, pedidoVentas }) => {
          if (pedidoVentas === undefined)
            sendJson(response, { error: 'Hacen falta sucursal, fecha_desde y fecha_hasta válidas' }, 400);
          else answerVentas(pedidoVentas, response);
        },
      },
    ],
  ]);
}

/** Answers by path and method, which are case-sensitive as in KLK; others get 404 and 405. */
export function answerByRoute(routes: Routes, metodo: string, ruta: string, exchange: Exchange): void {
  const route = routes.get(ruta);
  if (route === undefined) sendJson(exchange.response, { error: 'Ruta desconocida' }, 404);
  else if (route.metodo === metodo) route.answer(exchange);
  else sendJson(exchange.response, { error: 'Método no permitido' }, 405, { allow: route.metodo });
}
