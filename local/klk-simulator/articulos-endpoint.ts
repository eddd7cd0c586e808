import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { listReposicion } from './almacenes.ts';
import type { TiendaKlk } from './almacenes.ts';
import { createMeta, sendRows } from './answer.ts';
import { createCatalogo } from './articulos.ts';
import type { ArticuloKlk, CatalogoOptions, MovimientoAlmacen } from './articulos.ts';
import type { FaultBoard } from './fault-board.ts';
import { answerWithFault, isKlkFault } from './faults.ts';
import { parseJson } from './parse-json.ts';

export interface ArticulosOptions extends CatalogoOptions {
  /** The stores KLK knows, active or not; any other warehouse is answered with an empty list. */
  tiendas: readonly TiendaKlk[];
  /** The round of every warehouse's first answer; 0 by default. Another process can continue the rounds of this one. */
  rondaInicial?: number | undefined;
}

/** What answers depend on besides the catalogue. */
interface ArticulosContext {
  ahora: () => Date;
  faults: FaultBoard;
  /** What sales and deliveries do to the stock of a warehouse; undefined when they do not change it. */
  movimientoDe: ((almacen: string, momento: number) => MovimientoAlmacen) | undefined;
}

/** `POST /maestra/articulos/almacen`. A fault that is switched on replaces the healthy answer. */
export interface ArticulosEndpoint {
  answer: (codigos: readonly string[], response: ServerResponse) => void;
  /** The round that the next answer about this warehouse shows. Every request for the warehouse begins the next round. */
  ronda: (codigo: string) => number;
  /** Gives a warehouse these articles in every round, instead of those of the catalogue. */
  setArticulos: (codigo: string, articulos: readonly ArticuloKlk[]) => void;
  /** The articles of a warehouse at a moment, in the round of its next answer. */
  articulos: (codigo: string, momento: Date) => readonly ArticuloKlk[];
}

const pedidoSchema = z.object({ Codigoalmacen: z.union([z.string(), z.array(z.string())]) });

/** The warehouses that a request's body asks for; undefined when it asks for none. */
export function readCodigos(body: string): string[] | undefined {
  const pedido = pedidoSchema.safeParse(parseJson(body));
  return pedido.success ? [pedido.data.Codigoalmacen].flat() : undefined;
}

/** Creates the endpoint, with every warehouse at its first round. */
export function createArticulosEndpoint(
  options: ArticulosOptions,
  { ahora, faults, movimientoDe }: ArticulosContext,
): ArticulosEndpoint {
  const catalogo = createCatalogo(options);
  const conocidos = new Set(listReposicion(options.tiendas).map((fila) => fila.CodigoAlmacen));
  const given = new Map<string, { articulos: ArticuloKlk[]; rows: string[] }>();
  const rondas = new Map<string, number>();

  const ronda = (codigo: string): number => rondas.get(codigo) ?? options.rondaInicial ?? 0;

  function answer(codigos: readonly string[], response: ServerResponse): void {
    const momento = ahora();
    const almacenes = codigos
      .filter((codigo) => conocidos.has(codigo))
      .map((codigo) => ({
        codigo,
        ronda: ronda(codigo),
        movimiento: movimientoDe?.(codigo, momento.getTime()),
      }));
    for (const almacen of almacenes) rondas.set(almacen.codigo, almacen.ronda + 1);
    const fault = faults.take(codigos, isKlkFault);
    if (fault === undefined) {
      const rows = almacenes.flatMap(
        (almacen) => given.get(almacen.codigo)?.rows ?? catalogo.serialize([almacen]),
      );
      sendRows(response, createMeta(codigos, rows.length, momento), rows);
      return;
    }
    const articulos = almacenes.flatMap(
      (almacen) => given.get(almacen.codigo)?.articulos ?? catalogo.articulos([almacen]),
    );
    const healthy = { meta: createMeta(codigos, articulos.length, momento), articulos };
    if (typeof fault === 'function') fault(response, healthy);
    else answerWithFault(fault, response, healthy);
  }

  return {
    answer,
    ronda,
    articulos: (codigo, momento) =>
      catalogo.articulos([
        { codigo, ronda: ronda(codigo), movimiento: movimientoDe?.(codigo, momento.getTime()) },
      ]),
    setArticulos: (codigo, articulos) => {
      given.set(codigo, { articulos: [...articulos], rows: articulos.map((fila) => JSON.stringify(fila)) });
    },
  };
}
