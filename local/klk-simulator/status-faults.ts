import { sendBytes, sendJson } from './answer.ts';
import type { Fault } from './answer.ts';

/** HTTP statuses other than 200; 429 and 503 have `Retry-After` if the setting gives it. */
export const STATUS_FAULTS = {
  '400': status(400, 'petición incorrecta'),
  '401': status(401, 'sin autenticar'),
  '403': status(403, 'prohibido'),
  '404': status(404, 'no encontrado'),
  '429': status(429, 'demasiadas peticiones'),
  '500': status(500, 'error interno'),
  '502': status(502, 'la pasarela no llega a KLK'),
  '503': status(503, 'servicio no disponible'),
  '504': status(504, 'la pasarela no espera más a KLK'),
  redireccion: {
    descripcion: 'redirige (302) a otra ruta del mismo servidor',
    answer: ({ response }) => {
      sendBytes(response, Buffer.alloc(0), 302, { location: '/otra/maestra/articulos/almacen' });
    },
  },
} satisfies Record<string, Fault>;

function status(code: number, motivo: string): Fault {
  return {
    descripcion: `responde HTTP ${code}: ${motivo}`,
    answer: ({ response, retryAfter }) => {
      sendJson(
        response,
        { error: motivo },
        code,
        retryAfter === undefined ? {} : { 'retry-after': retryAfter },
      );
    },
  };
}
