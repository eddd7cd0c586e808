import { sendBytes } from './answer.ts';
import type { Fault, RespuestaArticulos } from './answer.ts';

/** Bodies with status 200 that are not the documented JSON. */
export const BODY_FAULTS = {
  'json-truncado': body('JSON cortado por la mitad, con la longitud correcta', (json) =>
    json.subarray(0, json.length / 2),
  ),
  html: {
    descripcion: 'página HTML de una pasarela, con HTTP 200',
    answer: ({ response }) => {
      const page = '<!DOCTYPE html><html><body><h1>Servicio no disponible</h1></body></html>';
      sendBytes(response, Buffer.from(page), 200, { 'content-type': 'text/html; charset=utf-8' });
    },
  },
  'cuerpo-vacio': body('cuerpo vacío', () => Buffer.alloc(0)),
  nulo: body('el JSON es null', () => Buffer.from('null')),
  forma: body('JSON de otra forma: los artículos están bajo otro nombre', (_json, { articulos }) =>
    Buffer.from(JSON.stringify({ resultado: { filas: articulos } })),
  ),
  'sin-meta': body('la lista sola, sin meta (servidor antiguo)', (_json, { articulos }) =>
    Buffer.from(JSON.stringify(articulos)),
  ),
  error: body('{"error": ...} con HTTP 200', () =>
    Buffer.from(JSON.stringify({ error: 'No hay conexión con la base de datos de KLK' })),
  ),
  'utf8-invalido': body('un nombre con un byte que no es UTF-8', (json) => {
    const campo = '"NombreProducto":"';
    json[json.indexOf(campo) + campo.length] = 0xff;
    return json;
  }),
  bom: body('respuesta correcta precedida de una marca BOM', (json) =>
    Buffer.concat([Buffer.from('\uFEFF'), json]),
  ),
} satisfies Record<string, Fault>;

function body(descripcion: string, change: (json: Buffer, respuesta: RespuestaArticulos) => Buffer): Fault {
  return {
    descripcion,
    answer: ({ response, respuesta }) => {
      sendBytes(response, change(Buffer.from(JSON.stringify(respuesta)), respuesta));
    },
  };
}
