import { sendBytes } from './answer.ts';
import type { Fault, ArticulosAnswer, VentasAnswer } from './answer.ts';

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
  forma: body('JSON de otra forma: las filas están bajo otro nombre', (_json, healthy) =>
    Buffer.from(JSON.stringify({ resultado: { filas: rowsOf(healthy) } })),
  ),
  'sin-meta': body('la lista sola, sin meta (servidor antiguo)', (_json, healthy) =>
    Buffer.from(JSON.stringify(rowsOf(healthy))),
  ),
  error: body('{"error": ...} con HTTP 200', () =>
    Buffer.from(JSON.stringify({ error: 'No hay conexión con la base de datos de KLK' })),
  ),
  'utf8-invalido': body('un nombre con un byte que no es UTF-8', (json) => {
    const campo = json.includes('"NombreProducto":"') ? '"NombreProducto":"' : '"descripcion_producto":"';
    json[json.indexOf(campo) + campo.length] = 0xff;
    return json;
  }),
  bom: body('respuesta correcta precedida de una marca BOM', (json) =>
    Buffer.concat([Buffer.from('\uFEFF'), json]),
  ),
} satisfies Record<string, Fault>;

type Answer = ArticulosAnswer | VentasAnswer;

const rowsOf = (healthy: Answer): object[] => ('articulos' in healthy ? healthy.articulos : healthy.ventas);

function body(descripcion: string, change: (json: Buffer, healthy: Answer) => Buffer): Fault {
  return {
    descripcion,
    answer: ({ response, healthy }) => {
      sendBytes(response, change(Buffer.from(JSON.stringify(healthy)), healthy));
    },
  };
}
