import { parseCatalogo, readCatalogo } from '../../lambdas/core/config/catalogo.ts';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { readCommandConfig, readKlkConfig, readPostgresConfig } from '../config.ts';
import { readTextFile } from '../../lambdas/core/postgres/ca.ts';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import { QUESTION_LIMIT_MS } from './asking.ts';
import type { Asking } from './asking.ts';

/** The commands of a remedy are typed with `etl`. */
export const PLACE = { program: 'etl' } as const;

/** What `etl` brings for its questions: the systems that the environment's variables name. */
export const ASKING: Asking = {
  readCatalogo: readTiendas,
  nameOrigen: (origen) => origen,
  withContext: (ask, limitMs = QUESTION_LIMIT_MS) =>
    ask({
      readCatalogo: readTiendas,
      readTunables: () => readCommandConfig().tunables,
      readKlkSettings: () => Promise.resolve(readKlkConfig().klk),
      readDatabaseSettings: () => Promise.resolve(readPostgresConfig()),
      deadline: deadlineIn(limitMs),
      place: PLACE,
    }),
};

/** The catalogue, or that of `TIENDAS_ARCHIVO`. */
export function readTiendas(): readonly Tienda[] {
  const { tiendasArchivo: archivo } = readCommandConfig();
  return archivo === undefined
    ? readCatalogo()
    : parseCatalogo(readTextFile('TIENDAS_ARCHIVO', archivo), archivo);
}
