import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { z } from 'zod';
import { listReposicion } from './almacenes.ts';
import type { TiendaKlk } from './almacenes.ts';
import { createMeta, sendBytes, sendJson, sendRows } from './answer.ts';
import { createCatalogo } from './articulos.ts';
import type { CatalogoOptions } from './articulos.ts';
import { answerWithFault, createFaultBoard } from './faults.ts';
import type { FaultBoard } from './faults.ts';

export interface ArticulosOptions extends CatalogoOptions {
  /** The stores KLK knows, active or not; any other warehouse is answered with an empty list. */
  tiendas: readonly TiendaKlk[];
  /** The round of every warehouse's first answer, to go on where another process ended; 0 by default. */
  rondaInicial?: number | undefined;
}

export interface ArticulosControls {
  /** Switches a fault on for a warehouse, or `*` for all; only `POST` requests fail. See `FaultBoard.set`. */
  setFault: FaultBoard['set'];
  /** Answers a warehouse with this body: a Buffer as it is, anything else as JSON; `undefined` ends it. */
  setAnswer: (codigo: string, body: unknown, status?: number, headers?: OutgoingHttpHeaders) => void;
  /** The round the next answer to this warehouse shows; every request for a warehouse moves it by one. */
  ronda: (codigo: string) => number;
}

/** `POST /maestra/articulos/almacen`: a fault goes before a custom answer, and that before the catalogue. */
export interface ArticulosEndpoint extends ArticulosControls {
  answer: (codigos: readonly string[], response: ServerResponse) => void;
}

const pedidoSchema = z.object({ Codigoalmacen: z.union([z.string(), z.array(z.string())]) });

/** The warehouses that a request's body asks for, `undefined` where it asks for none. */
export function readCodigos(body: string): string[] | undefined {
  const pedido = pedidoSchema.safeParse(parseJson(body));
  return pedido.success ? [pedido.data.Codigoalmacen].flat() : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON asks for no warehouse: 400
  }
}

/** An endpoint without faults, with every warehouse at its first round. */
export function createArticulosEndpoint(options: ArticulosOptions): ArticulosEndpoint {
  const catalogo = createCatalogo(options);
  const conocidos = new Set(listReposicion(options.tiendas).map((fila) => fila.CodigoAlmacen));
  const faults = createFaultBoard();
  const customAnswers = new Map<string, (response: ServerResponse) => void>();
  const rondas = new Map<string, number>();

  const ronda = (codigo: string): number => rondas.get(codigo) ?? options.rondaInicial ?? 0;

  function answer(codigos: readonly string[], response: ServerResponse): void {
    const almacenes = codigos
      .filter((codigo) => conocidos.has(codigo))
      .map((codigo) => ({ codigo, ronda: ronda(codigo) }));
    for (const almacen of almacenes) rondas.set(almacen.codigo, almacen.ronda + 1);
    const fault = faults.take(codigos);
    const customAnswer = codigos
      .map((codigo) => customAnswers.get(codigo))
      .find((found) => found !== undefined);
    if (fault !== undefined) {
      const articulos = catalogo.articulos(almacenes);
      answerWithFault(fault, response, { meta: createMeta(codigos, articulos.length), articulos });
    } else if (customAnswer !== undefined) {
      customAnswer(response);
    } else {
      const rows = catalogo.serialize(almacenes);
      sendRows(response, createMeta(codigos, rows.length), rows);
    }
  }

  return {
    answer,
    ronda,
    setFault: faults.set,
    setAnswer: (codigo, body, status, headers) => {
      customAnswers.delete(codigo);
      if (body === undefined) return;
      customAnswers.set(codigo, (response) => {
        if (Buffer.isBuffer(body)) sendBytes(response, body, status, headers);
        else sendJson(response, body, status, headers);
      });
    },
  };
}
