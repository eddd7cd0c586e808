import { z } from 'zod';
import { PipelineError } from '../errors/errors.ts';
import { refuseErrorAnswer } from './errors.ts';
import { decodeJson } from './decode-json.ts';
import { excerpt } from '../errors/excerpt.ts';
import type { KlkClient } from './client.ts';

/** Shown on terminals, so control characters are removed. */
const texto = z.string().trim().min(1).transform(excerpt);

/** Far more than the chain has. Checked before the rows, so that a wrong answer does not report a problem for each row. */
const MAX_ALMACENES = 10_000;

const AlmacenesSchema = z
  .array(z.unknown())
  .max(MAX_ALMACENES)
  .pipe(
    z.array(
      z.looseObject({
        CodigoSucursal: texto,
        NombreSucursal: texto,
        CodigoAlmacen: texto,
        NombreAlmacen: texto,
      }),
    ),
  );

/** KLK's lists of warehouses, as it spells them: the sales floors, and all. */
export type ListaAlmacenes = 'pisoventa' | 'Reposicion';

/** KLK's pseudo branch of consolidated figures. */
const CONSOLIDADO = 'CONS';

/** A warehouse as KLK itself lists it. */
export interface AlmacenKlk {
  readonly codigo: string;
  readonly nombre: string;
  readonly sucursal: string;
  readonly nombreSucursal: string;
}

/**
 * One of KLK's lists of warehouses, without the pseudo branch. One attempt: a person asked and can repeat it.
 * @throws PipelineError `KLK_*`, or the signal's reason.
 */
export async function fetchAlmacenes(
  client: KlkClient,
  lista: ListaAlmacenes,
  signal: AbortSignal,
): Promise<AlmacenKlk[]> {
  const json = decodeJson(
    await client.request({ method: 'GET', ruta: `maestra/almacenes/${lista}` }, signal),
  );
  refuseErrorAnswer(json);
  const parsed = AlmacenesSchema.safeParse(json);
  if (!parsed.success || parsed.data.length === 0) {
    throw new PipelineError('KLK_CONTRATO', `KLK no contestó la lista de almacenes (${lista}) documentada`);
  }
  return parsed.data
    .filter(({ CodigoSucursal }) => CodigoSucursal !== CONSOLIDADO)
    .map(({ CodigoAlmacen, NombreAlmacen, CodigoSucursal, NombreSucursal }) => ({
      codigo: CodigoAlmacen,
      nombre: NombreAlmacen,
      sucursal: CodigoSucursal,
      nombreSucursal: NombreSucursal,
    }));
}
