import type { Tienda } from '../../core/config/catalogo.ts';
import { ANTIGUEDAD_MAXIMA_HORAS } from '../../core/config/contract.ts';
import { readDatabaseClock } from '../../core/postgres/preflight.ts';
import type { Queryable } from '../../core/postgres/connection.ts';
import type { QuestionContext } from '../../core/run/question.ts';
import { askDatabase } from '../../core/run/question.ts';
import { readCrecimiento } from './read-crecimiento.ts';
import type { Crecimiento } from './read-crecimiento.ts';
import { readEjecuciones } from '../../core/run/read-ejecuciones.ts';
import type { Ejecucion } from '../../core/run/read-ejecuciones.ts';
import { readFrescura } from './read-frescura.ts';
import type { Frescura } from './read-frescura.ts';

const MAX_AGE_SECONDS = ANTIGUEDAD_MAXIMA_HORAS * 3600;

const NUNCA_PEDIDO = {
  ultimaCarga: null,
  segundos: null,
  articulos: 0,
  negativos: 0,
  ultimoIntento: null,
};

/** How one warehouse of the catalogue stands. */
export interface EstadoAlmacen extends Omit<Frescura, 'segundos'> {
  readonly tienda: string;
  readonly nombre: string;
  /** `en el futuro`: the snapshot was taken while the database's clock was ahead, so its age is unknown. */
  readonly frescura: 'al día' | 'atrasado' | 'nunca cargado' | 'en el futuro';
  /** Null when it was never loaded or lies in the future. */
  readonly antiguedadSegundos: number | null;
  /** Whether it is anything but `al día`. */
  readonly atrasado: boolean;
}

/** How fresh the inventory of every active store is. */
export interface EstadoInventario {
  /** By the database's clock, as all times here. */
  readonly momento: Date;
  /** A run that lies in the future counts only when there is no other. */
  readonly ultimaEjecucion: Ejecucion | null;
  readonly almacenes: readonly EstadoAlmacen[];
  readonly crecimiento: Crecimiento;
}

/**
 * The freshness of every warehouse that is active in the catalogue, whatever the database says.
 * @throws PipelineError `BD_*`
 */
export function readEstado(context: QuestionContext): Promise<EstadoInventario> {
  const catalogo = context.readCatalogo();
  return askDatabase(context, (client, vivas) => readEstadoOf(client, vivas, catalogo));
}

/** The same, as part of a larger question. */
export async function readEstadoOf(
  client: Queryable,
  vivas: readonly string[],
  catalogo: readonly Tienda[],
): Promise<EstadoInventario> {
  const momento = (await readDatabaseClock(client)).now();
  const byAlmacen = new Map((await readFrescura(client)).map((row) => [row.almacen, row]));
  return {
    momento,
    ultimaEjecucion: await readLast(client, vivas, momento),
    almacenes: catalogo
      .filter(({ activa }) => activa)
      .flatMap((tienda) => describeAlmacenes(tienda, byAlmacen)),
    crecimiento: await readCrecimiento(client),
  };
}

async function readLast(
  client: Queryable,
  vivas: readonly string[],
  momento: Date,
): Promise<Ejecucion | null> {
  const [begun] = await readEjecuciones(client, vivas, { maximo: 1, hasta: momento });
  if (begun !== undefined) return begun;
  const [ofTheFuture = null] = await readEjecuciones(client, vivas, { maximo: 1 });
  return ofTheFuture;
}

function describeAlmacenes(
  { id, nombre, almacenes }: Tienda,
  byAlmacen: ReadonlyMap<string, Frescura>,
): EstadoAlmacen[] {
  return almacenes.map(({ codigo }) => {
    const { segundos, ...row } = byAlmacen.get(codigo) ?? NUNCA_PEDIDO;
    const frescura = frescuraOf(segundos);
    return {
      tienda: id,
      nombre,
      ...row,
      almacen: codigo,
      frescura,
      antiguedadSegundos: segundos === null || segundos < 0 ? null : segundos,
      atrasado: frescura !== 'al día',
    };
  });
}

function frescuraOf(segundos: number | null): EstadoAlmacen['frescura'] {
  if (segundos === null) return 'nunca cargado';
  if (segundos < 0) return 'en el futuro';
  return segundos > MAX_AGE_SECONDS ? 'atrasado' : 'al día';
}
