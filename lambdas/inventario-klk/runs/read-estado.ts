import type { Tienda } from '../catalogo.ts';
import { ANTIGUEDAD_MAXIMA_HORAS } from '../contract.ts';
import type { Queryable } from '../load/database.ts';
import type { Systems } from '../systems.ts';
import { askDatabase } from './ask-database.ts';
import { readEjecuciones } from './read-ejecuciones.ts';
import type { Ejecucion } from './read-ejecuciones.ts';
import { readFrescura } from './read-frescura.ts';
import type { Frescura } from './read-frescura.ts';

const MAX_AGE_SECONDS = ANTIGUEDAD_MAXIMA_HORAS * 3600;

const NUNCA_PEDIDO = {
  ultimaCarga: null,
  antiguedadSegundos: null,
  articulos: 0,
  negativos: 0,
  ultimoIntento: null,
};

/** How one warehouse of the catalogue stands. */
export interface EstadoAlmacen extends Omit<Frescura, 'antiguedadSegundos'> {
  readonly tienda: string;
  readonly nombre: string;
  /** Null when no run ever asked for it. */
  readonly antiguedadSegundos: number | null;
  readonly atrasado: boolean;
}

/** How fresh the inventory of every active store is. */
export interface Estado {
  readonly momento: Date;
  readonly ultimaEjecucion: Ejecucion | null;
  readonly almacenes: readonly EstadoAlmacen[];
}

/**
 * The freshness of every warehouse that the catalogue calls active; what the database calls active has no say.
 * @throws PipelineError `BD_*`
 */
export function readEstado(systems: Systems): Promise<Estado> {
  const catalogo = systems.readCatalogo();
  return askDatabase(systems, (client) => readEstadoOf(client, catalogo));
}

/** The same, as part of a larger question. */
export async function readEstadoOf(client: Queryable, catalogo: readonly Tienda[]): Promise<Estado> {
  const [ultimaEjecucion = null] = await readEjecuciones(client, { maximo: 1 });
  const frescura = new Map((await readFrescura(client)).map((row) => [row.almacen, row]));
  return {
    momento: new Date(),
    ultimaEjecucion,
    almacenes: catalogo
      .filter(({ activa }) => activa)
      .flatMap((tienda) => describeAlmacenes(tienda, frescura)),
  };
}

function describeAlmacenes(
  { id, nombre, almacenes }: Tienda,
  byAlmacen: ReadonlyMap<string, Frescura>,
): EstadoAlmacen[] {
  return almacenes.map(({ codigo }) => {
    const frescura = byAlmacen.get(codigo) ?? NUNCA_PEDIDO;
    const age = frescura.antiguedadSegundos;
    return {
      tienda: id,
      nombre,
      ...frescura,
      almacen: codigo,
      atrasado: age === null || age > MAX_AGE_SECONDS,
    };
  });
}
