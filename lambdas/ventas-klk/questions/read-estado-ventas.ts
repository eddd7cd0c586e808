import { sells } from '../../core/config/catalogo.ts';
import type { Tienda } from '../../core/config/catalogo.ts';
import type { Queryable } from '../../core/postgres/connection.ts';
import { readDatabaseClock } from '../../core/postgres/preflight.ts';
import { askDatabase } from '../../core/run/question.ts';
import type { QuestionContext } from '../../core/run/question.ts';
import { addDias, diaAt } from '../../core/time/dia.ts';
import { readSinVentas } from '../load/read-tramos.ts';
import { readCobertura } from './read-cobertura.ts';
import type { CoberturaDia } from './read-cobertura.ts';
import { readEjecucionesVentas } from './read-ejecuciones-ventas.ts';
import type { EjecucionVentas } from './read-ejecuciones-ventas.ts';

/** Days of the answer, today included. */
const DIAS = 40;

/** How complete the sales of one store are. */
export interface EstadoTiendaVentas {
  readonly tienda: string;
  readonly nombre: string;
  /** Seconds since the last accepted answer for one of today's slices; null when there is none, or when it lies in the future. */
  readonly antiguedadSegundos: number | null;
  /** Whether KLK answers for the store and never had a line of it: its branch code or its connection is wrong. */
  readonly sinVentas: boolean;
  /** The last 40 days, newest first; empty when the store was never read. */
  readonly dias: readonly CoberturaDia[];
}

/** How complete the sales of every store that sells are. */
export interface EstadoVentas {
  /** By the database's clock, as all times here. */
  readonly momento: Date;
  readonly ultimaEjecucion: EjecucionVentas | null;
  readonly tiendas: readonly EstadoTiendaVentas[];
}

/**
 * The coverage of every active store of the catalogue that sells.
 * @throws PipelineError `BD_*`
 */
export function readEstadoVentas(context: QuestionContext): Promise<EstadoVentas> {
  const catalogo = context.readCatalogo();
  return askDatabase(context, (client, vivas) => readEstadoVentasOf(client, vivas, catalogo));
}

/** The same, as part of a larger question. */
export async function readEstadoVentasOf(
  client: Queryable,
  vivas: readonly string[],
  catalogo: readonly Tienda[],
): Promise<EstadoVentas> {
  const momento = (await readDatabaseClock(client)).now();
  const hoy = diaAt(momento);
  const tiendas = catalogo.filter(sells);
  const ids = tiendas.map(({ id }) => id);
  const cobertura = await readCobertura(client, ids, addDias(hoy, 1 - DIAS), hoy);
  const sinVentas = await readSinVentas(client, ids);
  const [ultimaEjecucion = null] = await readEjecucionesVentas(client, vivas, 1);
  return {
    momento,
    ultimaEjecucion,
    tiendas: tiendas.map(({ id, nombre }) => {
      const dias = cobertura.filter(({ tienda }) => tienda === id);
      const leido = dias.find(({ dia }) => dia === hoy)?.leido ?? null;
      return {
        tienda: id,
        nombre,
        antiguedadSegundos: secondsSince(leido, momento),
        sinVentas: sinVentas.includes(id),
        dias,
      };
    }),
  };
}

function secondsSince(leido: Date | null, momento: Date): number | null {
  if (leido === null || leido > momento) return null;
  return Math.floor((momento.getTime() - leido.getTime()) / 1000);
}
