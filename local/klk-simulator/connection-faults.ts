import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { sendJson } from './answer.ts';
import type { Fault } from './answer.ts';

/** Faults of the connection: answers that arrive late, in part, or not at all. */
export const CONNECTION_FAULTS = {
  cierra: {
    descripcion: 'cierra la conexión sin responder',
    answer: ({ response }) => response.socket?.destroy(),
  },
  reset: {
    descripcion: 'corta la conexión con un RST de TCP',
    answer: ({ response }) => response.socket?.resetAndDestroy(),
  },
  'sin-cabeceras': {
    descripcion: 'acepta la petición y no responde nunca',
    answer: () => undefined,
  },
  'cuerpo-corto': {
    descripcion: 'anuncia más bytes de los que envía y cierra',
    answer: ({ response, healthy }) => {
      const bytes = Buffer.from(JSON.stringify(healthy));
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length });
      response.write(bytes.subarray(0, bytes.length / 2));
      response.socket?.destroySoon();
    },
  },
  goteo: {
    descripcion: 'envía un byte cada 50 ms, sin terminar nunca',
    answer: ({ response }) => {
      sendForever(response, drip());
    },
  },
  infinito: {
    descripcion: 'envía un cuerpo sin fin, tan rápido como se lea',
    answer: ({ response }) => {
      sendForever(response, flood());
    },
  },
  lenta: {
    descripcion: 'tarda 2 s en dar una respuesta correcta',
    answer: ({ response, healthy }) => {
      setTimeout(() => {
        sendJson(response, healthy);
      }, 2000).unref();
    },
  },
} satisfies Record<string, Fault>;

/** Sends chunks until the client disconnects or the simulator closes. */
function sendForever(response: ServerResponse, chunks: AsyncIterable<string> | Iterable<string>): void {
  const body = Readable.from(chunks);
  response.on('close', () => body.destroy());
  response.writeHead(200, { 'content-type': 'application/json' });
  body.pipe(response);
}

// JSON may begin with blanks, so a client cannot refuse them early.
async function* drip(): AsyncGenerator<string> {
  for (;;) {
    yield ' ';
    await pause(50, undefined, { ref: false });
  }
}

function* flood(): Generator<string> {
  const blanks = ' '.repeat(65_536);
  for (;;) yield blanks;
}
