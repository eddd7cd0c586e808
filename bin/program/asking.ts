import { obstacleToSell, sells } from '../../lambdas/core/config/catalogo.ts';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { ConfiguracionInvalida } from '../../lambdas/core/errors/invalid.ts';
import type { Origen } from '../../lambdas/core/run/summary.ts';
import type { QuestionContext } from '../../lambdas/core/run/question.ts';
import { toHora } from '../../lambdas/core/config/locale.ts';
import { diaAt, isDia } from '../../lambdas/core/time/dia.ts';
import { suggest } from '../../lambdas/core/config/suggest.ts';

/** Deadline of a question, in milliseconds. */
export const QUESTION_LIMIT_MS = 60_000;

/** Deadline of a question that asks KLK for many slices, in milliseconds. */
export const LONG_QUESTION_LIMIT_MS = 900_000;

/** Runs that `historial` shows without `--desde`. */
export const LATEST_RUNS = 20;

/** The file that `reporte` writes without `--salida`. */
export const SALIDA = 'reporte.html';

/** What a program brings for its questions. */
export interface Asking {
  /** Read before the systems are up, so that a wrong store is refused at once. */
  readonly readCatalogo: () => readonly Tienda[];
  /** Asks with the systems up. `limitMs` is `QUESTION_LIMIT_MS` where none is given. */
  readonly withContext: (ask: (context: QuestionContext) => Promise<void>, limitMs?: number) => Promise<void>;
  /** The name that is shown for an origin: `local` sends the scheduled event, but a person sent it. */
  readonly nameOrigen: (origen: Origen) => string;
}

/**
 * The store of this id.
 * @throws ConfiguracionInvalida naming the nearest one.
 */
export function findTienda(id: string, catalogo: readonly Tienda[]): Tienda {
  const tienda = catalogo.find((tienda) => tienda.id === id);
  if (tienda !== undefined) return tienda;
  const named = catalogo.find(({ nombre }) => nombre.toLowerCase() === id.toLowerCase());
  const hint =
    named === undefined
      ? suggest(
          id,
          catalogo.map((tienda) => tienda.id),
        )
      : `¿quiso decir ${named.id}?`;
  throw new ConfiguracionInvalida([`no existe la tienda ${id}; ${hint}`]);
}

/**
 * The stores that sell: all active ones, or those of these ids.
 * @throws ConfiguracionInvalida for one that does not exist or does not sell.
 */
export function findVendedoras(
  ids: readonly string[] | undefined,
  catalogo: readonly Tienda[],
): readonly Tienda[] {
  if (ids === undefined) return catalogo.filter(sells);
  return [...new Set(ids)].map((id) => {
    const tienda = findTienda(id, catalogo);
    const obstacle = obstacleToSell(tienda);
    if (obstacle === undefined) return tienda;
    throw new ConfiguracionInvalida([`${id} (${tienda.nombre}) ${obstacle}`]);
  });
}

/**
 * A day of the stores that has begun.
 * @throws ConfiguracionInvalida with today's as an example.
 */
export function parseDia(option: string, text: string): string {
  const hoy = diaAt(new Date());
  if (!isDia(text)) {
    throw new ConfiguracionInvalida([`${option} ${text}: no es un día; escriba AAAA-MM-DD, como ${hoy}`]);
  }
  if (text > hoy) throw new ConfiguracionInvalida([`${option} ${text}: está en el futuro (hoy es ${hoy})`]);
  return text;
}

/**
 * A day or a moment as the clocks of the stores show it, checked.
 * @throws ConfiguracionInvalida with today's as an example.
 */
export function parseDesde(text: string): string {
  const complete = /^20\d\d-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text;
  const time = /^20\d\d-\d\d-\d\dT\d\d:\d\d$/.test(complete) ? Date.parse(`${complete}Z`) : NaN;
  // Date.parse takes 30 February for 2 March.
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(complete)) return complete;
  const [hoy = ''] = toHora(new Date()).split(' ');
  throw new ConfiguracionInvalida([
    `--desde ${text}: no es una fecha; escriba AAAA-MM-DD o AAAA-MM-DDTHH:MM, como ${hoy} o ${hoy}T06:00`,
  ]);
}

/** Prints an answer on standard output: as JSON and nothing else, or as it is written for a person. */
export function printAnswer<T>(answer: T, asJson: boolean, render: (answer: T) => string): void {
  process.stdout.write(asJson ? `${JSON.stringify(answer)}\n` : render(answer));
}
