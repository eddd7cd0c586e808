import type { Endpoint } from '../endpoint.ts';
import { categorias } from './categorias.ts';
import { datos } from './datos.ts';
import { sesion } from './sesion.ts';
import { tiendas } from './tiendas.ts';

/** Every address of the API. */
export const ENDPOINTS: readonly Endpoint[] = [categorias, datos, sesion, tiendas];
