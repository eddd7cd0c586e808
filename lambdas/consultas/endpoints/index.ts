import type { Endpoint } from '../endpoint.ts';
import { agotados } from './agotados.ts';
import { articulo } from './articulo.ts';
import { categorias } from './categorias.ts';
import { datos } from './datos.ts';
import { descuadres } from './descuadres.ts';
import { existencias } from './existencias.ts';
import { sesion } from './sesion.ts';
import { tiendas } from './tiendas.ts';
import { ventas } from './ventas.ts';

/** Every address of the API. */
export const ENDPOINTS: readonly Endpoint[] = [
  agotados,
  articulo,
  categorias,
  datos,
  descuadres,
  existencias,
  sesion,
  tiendas,
  ventas,
];
