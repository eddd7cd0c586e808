import { sendBytes, sendJson } from '../../local/klk-simulator/answer.ts';
import type { ArticuloKlk } from '../../local/klk-simulator/articulos.ts';
import type { KlkBehaviour } from '../../local/klk-simulator/faults.ts';

/** The stock of one warehouse by article code. */
export type Existencias = ReadonlyMap<string, number>;

/** Sits at the end of every payload, far behind the 200 characters that an error may quote: no output may hold it. */
export const PAYLOAD_CANARY = 'CANARIO-DEL-FINAL-DEL-CUERPO';

/** Enough that two bad rows stay below the share of bad rows that is not believed (1 %). */
export const ARTICULOS = 210;

/** The code of the n-th article, from 1. */
export const codigo = (n: number): string => String(n).padStart(6, '0');

/** `ARTICULOS` articles whose stock identifies version, article and warehouse, so that no row can be taken for another's. */
export function existencias(almacen: string, version: number): Map<string, number> {
  const letter = almacen.charCodeAt(0) / 1000;
  return new Map(
    Array.from({ length: ARTICULOS }, (_, index) => [codigo(index + 1), version * 1000 + index + letter]),
  );
}

/** These articles as KLK's rows, the payload canary in the last. */
export function toFilas(stocks: Existencias): ArticuloKlk[] {
  return [...stocks].map(([code, stock], index) => ({
    NombreProducto: index === stocks.size - 1 ? PAYLOAD_CANARY : `ARTICULO ${code}`,
    Codigo: code,
    Barra: `0759${code}`,
    Categoria: '08',
    Descripcion: 'FRUVER',
    Subcategoria: '1',
    Descripcion_categoria: 'POR PESO',
    Precio: 5.77,
    Iva: 16,
    stock,
  }));
}

/** KLK answers this body and nothing else: bytes as they are, anything else as JSON. */
export const answering =
  (body: unknown): KlkBehaviour =>
  (response) => {
    if (Buffer.isBuffer(body)) sendBytes(response, body);
    else sendJson(response, body);
  };

/** KLK answers these rows, counted correctly; `meta` replaces any part of what it says about them. */
export const answeringRows =
  (articulos: readonly unknown[], meta: object = {}): KlkBehaviour =>
  (response, healthy) => {
    sendJson(response, {
      meta: { ...healthy.meta, total_articulos: articulos.length, ...meta },
      articulos,
    });
  };

/** KLK writes these bytes on the socket, HTTP or not, and leaves it open. */
export const writing =
  (bytes: string): KlkBehaviour =>
  ({ socket }) => {
    socket?.write(bytes);
  };

/** A healthy answer that waits for `release`, as it was when it was asked for. */
export interface HeldAnswer {
  readonly behaviour: KlkBehaviour;
  /** Somebody asked. */
  readonly asked: Promise<void>;
  release(): void;
}

/** Keeps a warehouse's next answers back. */
export function holdAnswer(): HeldAnswer {
  const asked = Promise.withResolvers<undefined>();
  const released = Promise.withResolvers<undefined>();
  return {
    asked: asked.promise,
    behaviour: (response, healthy) => {
      asked.resolve(undefined);
      void released.promise.then(() => {
        sendJson(response, healthy);
      });
    },
    release: () => {
      released.resolve(undefined);
    },
  };
}
