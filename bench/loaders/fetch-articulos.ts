import pLimit from 'p-limit';
import { z } from 'zod';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { CONCURRENCIA } from './loader.ts';

/** A row of KLK, unchecked. */
interface Articulo {
  readonly Codigo: string;
  readonly Barra: string;
  readonly NombreProducto: string;
  readonly Descripcion: string;
  readonly Categoria: string;
  readonly Descripcion_categoria: string;
  readonly Subcategoria: string;
  readonly Marca?: string;
  readonly Precio: number;
  readonly Iva: number;
  readonly stock: number;
}

/** Checks nothing about the rows. */
const Answer = z.object({ articulos: z.custom<readonly Articulo[]>() });

/** One warehouse's answer. */
export interface Fetched {
  readonly tienda: Tienda;
  readonly almacen: string;
  readonly articulos: readonly Articulo[];
}

/** Asks for the warehouses, some at the same time, and passes on each answer unchecked. */
export async function fetchArticulos(
  klkUrl: string,
  tiendas: readonly Tienda[],
  onAnswer: (answer: Fetched) => Promise<void>,
): Promise<void> {
  const jobs = tiendas.flatMap((tienda) =>
    tienda.almacenes.map(({ codigo }) => ({ tienda, almacen: codigo })),
  );
  await pLimit(CONCURRENCIA).map(jobs, async ({ tienda, almacen }) => {
    const response = await fetch(new URL('maestra/articulos/almacen', `${klkUrl}/`), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ Codigoalmacen: almacen }),
    });
    const { articulos } = Answer.parse(await response.json());
    await onAnswer({ tienda, almacen, articulos });
  });
}

/** KLK's ways of saying "none". */
export const orNull = (texto: string | undefined): string | null =>
  texto === undefined || texto === '' || texto === 'N/A' ? null : texto;
