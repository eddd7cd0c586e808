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
  /** The round of every warehouse's first answer, to go on where another process ended; 0 by default. */
  rondaInicial?: number | undefined;
}

/** What an answer depends on beside the catalogue. */
interface ArticulosContext {
  ahora: () => Date;
  faults: FaultBoard;
  /** What trade does to the stock of a warehouse, where it does. */
  movimientoDe: ((almacen: string, momento: number) => MovimientoAlmacen) | undefined;
}

/** `POST /maestra/articulos/almacen`: a fault goes before the healthy answer. */
export interface ArticulosEndpoint {
  answer: (codigos: readonly string[], response: ServerResponse) => void;
  /** The round the next answer to this warehouse shows; every request for a warehouse moves it by one. */
  ronda: (codigo: string) => number;
  /** A warehouse has these articles, in every round, instead of those of the catalogue. */
  setArticulos: (codigo: string, articulos: readonly ArticuloKlk[]) => void;
  /** The articles of a warehouse at a moment, as its next answer would have shown them then. */
  articulos: (codigo: string, momento: Date) => readonly ArticuloKlk[];
}

const pedidoSchema = z.object({ Codigoalmacen: z.union([z.string(), z.array(z.string())]) });

/** The warehouses that a request's body asks for, `undefined` where it asks for none. */
export function readCodigos(body: string): string[] | undefined {
  const pedido = pedidoSchema.safeParse(parseJson(body));
  return pedido.success ? [pedido.data.Codigoalmacen].flat() : undefined;
}

/** An endpoint with every warehouse at its first round. */
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
    const respuesta = { meta: createMeta(codigos, articulos.length, momento), articulos };
    if (typeof fault === 'function') fault(response, respuesta);
    else answerWithFault(fault, response, respuesta);
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
