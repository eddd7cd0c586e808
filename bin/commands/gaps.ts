import { addDias } from '../../lambdas/core/time/dia.ts';
import type { TramoQueFalta } from '../queries/read-tramos-que-faltan.ts';

/** Slices that are missing for one reason, of one or more stores and of consecutive days. */
export interface Gap {
  readonly tiendas: readonly string[];
  /** Both days are included. */
  readonly desde: string;
  readonly hasta: string;
  /** The hours that are missing, when all of them are of one day: `12:00-14:00`. */
  readonly horas: readonly string[];
  /** Null when their last reading did not fail. */
  readonly codigo: string | null;
  readonly mensaje: string | null;
  readonly tramos: readonly TramoQueFalta[];
}

/** The sentence on who reads a gap without an error. The command with which a person reads it follows. */
export const QUIEN_LEE =
  'Lo lee la próxima ejecución que pueda, salvo que sea de antes de ETL_VENTAS_DESDE; para no esperar';

/** Groups missing slices into gaps, each of which one command reads, the oldest first. */
export function findGaps(tramos: readonly TramoQueFalta[]): Gap[] {
  const ofStores = [...Map.groupBy(tramos, ({ tienda, codigo }) => `${tienda} ${codigo ?? ''}`).values()]
    .flatMap(splitByDias)
    .map(describe);
  return [
    ...Map.groupBy(ofStores, ({ codigo, desde, hasta, horas }) =>
      [codigo ?? '', desde, hasta, ...horas].join(' '),
    ).values(),
  ]
    .map(merge)
    .sort((a, b) => (a.desde === b.desde ? 0 : a.desde < b.desde ? -1 : 1));
}

/** Splits the slices of one store and reason at days without a missing slice. */
function splitByDias(tramos: readonly TramoQueFalta[]): TramoQueFalta[][] {
  const runs: TramoQueFalta[][] = [];
  for (const tramo of tramos) {
    const last = runs.at(-1)?.at(-1)?.dia;
    if (last === undefined || tramo.dia > addDias(last, 1)) runs.push([tramo]);
    else runs.at(-1)?.push(tramo);
  }
  return runs;
}

function describe(tramos: readonly TramoQueFalta[]): Gap {
  const [first, last] = [tramos[0], tramos.at(-1)];
  const [desde, hasta] = [first?.dia ?? '', last?.dia ?? ''];
  return {
    tiendas: first === undefined ? [] : [first.tienda],
    desde,
    hasta,
    horas: desde === hasta ? joinHoras(tramos) : [],
    codigo: first?.codigo ?? null,
    mensaje: last?.mensaje ?? null,
    tramos,
  };
}

/** The hours of slices of one day; adjacent slices are joined. */
function joinHoras(tramos: readonly TramoQueFalta[]): string[] {
  const spans: { desde: string; hasta: string }[] = [];
  for (const { desde, hasta } of tramos) {
    const before = spans.at(-1);
    if (before?.hasta === desde) before.hasta = hasta;
    else spans.push({ desde, hasta });
  }
  return spans.map(({ desde, hasta }) => `${desde}-${hasta}`);
}

function merge(huecos: readonly Gap[]): Gap {
  const [first] = huecos;
  if (first === undefined) throw new Error('a group without a gap');
  return {
    ...first,
    tiendas: huecos.flatMap(({ tiendas }) => tiendas),
    tramos: huecos.flatMap(({ tramos }) => tramos),
  };
}
