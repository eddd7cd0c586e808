import type { Queryable } from '../../core/postgres/connection.ts';
import { toPattern } from '../search-words.ts';
import { coberturaOf } from './read-cobertura.ts';
import type { Cobertura, Hueco } from './read-cobertura.ts';
import type { Tienda } from './read-tiendas.ts';
import { ventasStatement } from './ventas-statements.ts';
import type { Nivel, Orden } from './ventas-statements.ts';

/** What is asked of the sales of some stores; days are `YYYY-MM-DD`. */
export interface VentasFilter {
  readonly nivel: Nivel;
  readonly tiendas: readonly Pick<Tienda, 'id' | 'nombre' | 'primeraVenta'>[];
  readonly desde: string;
  readonly hasta: string;
  /** Days between a day and the earlier day that it is compared with; null for no comparison. */
  readonly salto: number | null;
  readonly hoy: string;
  readonly categoria: string | null;
  /** Words that must all be in the name or the code of a row. */
  readonly words: readonly string[];
  readonly orden: Orden;
  readonly after: ClaveVenta | undefined;
  readonly limit: number;
}

/** The sort key of a row: a number (smaller first, null last), a text, then the row's id. */
interface ClaveVenta {
  readonly n: string | null;
  readonly t: string;
  readonly id: string;
}

/** Sums over days and stores, rounded. Those of the comparison are over the days that are compared, in both periods. */
export interface Medidas {
  readonly unidades: number;
  readonly kilos: number;
  readonly ventaUsd: number;
  readonly utilidadUsd: number | null;
  readonly margenPct: number | null;
  readonly facturas: number | null;
  readonly ticketUsd: number | null;
  readonly comparableUsd: number;
  readonly antesUsd: number;
  readonly antesUnidades: number;
  readonly antesKilos: number;
  readonly variacionPct: number | null;
  readonly diasComparados: number;
  readonly dias: number;
  readonly incompleto: boolean;
}

export interface FilaVentas extends Medidas, ClaveVenta {
  readonly nombre: string;
}

interface Row extends Medidas, Record<keyof ClaveVenta | 'nombre', string | null> {
  /** Of each store the days that are not closed; null of each row but the total. */
  readonly huecos: readonly (readonly Hueco[])[] | null;
}

/** The rows of a page, what all rows of the filter add up to, and the coverage of the days of these stores, whatever the filter: they are read anyway. */
export async function readVentas(
  client: Queryable,
  pregunta: VentasFilter,
): Promise<{
  readonly total: Medidas;
  readonly filas: readonly FilaVentas[];
  readonly cobertura: Cobertura;
}> {
  const { nivel, orden, tiendas, words, after } = pregunta;
  const { rows } = await client.query<Row>({
    ...ventasStatement(nivel, orden, pregunta.categoria !== null),
    values: [
      tiendas.map(({ id }) => id),
      tiendas.map(({ nombre }) => nombre),
      tiendas.map(({ primeraVenta }) => primeraVenta),
      pregunta.desde,
      pregunta.hasta,
      pregunta.salto,
      pregunta.hoy,
      pregunta.categoria,
      words.length === 0 ? null : words.map(toPattern),
      after?.id,
      after?.n,
      after?.t,
      pregunta.limit,
    ],
  });
  const [total, ...filas] = rows;
  if (total === undefined) throw new TypeError('The total is always a row');
  return {
    total,
    cobertura: coberturaOf((total.huecos ?? []).flat()),
    filas: filas.map(({ id, t, nombre, ...fila }) => ({
      ...fila,
      id: id ?? '',
      t: t ?? '',
      nombre: nombre ?? '',
    })),
  };
}
