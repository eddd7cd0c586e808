import { askDatabase } from '../../lambdas/core/run/question.ts';
import { readEjecuciones } from '../../lambdas/core/run/read-ejecuciones.ts';
import type { Ejecucion } from '../../lambdas/core/run/read-ejecuciones.ts';
import { readEstadoOf } from '../../lambdas/inventario-klk/questions/read-estado.ts';
import type { EstadoInventario } from '../../lambdas/inventario-klk/questions/read-estado.ts';
import { readFalloDeEjecuciones, readFallosDeAlmacenes, readFallosPasados } from '../queries/read-fallos.ts';
import type { FalloActual, FalloPasado } from '../queries/read-fallos.ts';
import { readIntentos } from '../queries/read-intentos.ts';
import type { Intento } from '../queries/read-intentos.ts';
import { readMovimiento } from '../queries/read-movimiento.ts';
import type { Movimiento } from '../queries/read-movimiento.ts';
import { readRechazos } from '../queries/read-rechazos.ts';
import type { RechazosAlmacen } from '../queries/read-rechazos.ts';
import { chooseUnidad, readEjecucionesPorPeriodo, readFasesPorPeriodo } from '../queries/read-tendencia.ts';
import type { EjecucionesPorPeriodo, FasesPorPeriodo, Unidad } from '../queries/read-tendencia.ts';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import type { Queryable } from '../../lambdas/core/postgres/connection.ts';
import { addDias, diaAt } from '../../lambdas/core/time/dia.ts';
import { findVendedoras } from '../program/asking.ts';
import { mondayBefore } from '../output/calendar.ts';
import { readCalendar } from '../commands/cobertura.ts';
import type { FilaCalendario } from '../commands/cobertura.ts';
import { findGaps } from '../commands/gaps.ts';
import type { Gap } from '../commands/gaps.ts';
import { readDescuadres } from '../queries/read-descuadres.ts';
import type { DescuadresTienda } from '../queries/read-descuadres.ts';
import { readRechazosVentas } from '../queries/read-rechazos-ventas.ts';
import type { RechazosVentas } from '../queries/read-rechazos-ventas.ts';
import { readTramosQueFaltan } from '../queries/read-tramos-que-faltan.ts';
import { readVentasPorDia } from '../queries/read-ventas-por-dia.ts';
import type { VentasDia } from '../queries/read-ventas-por-dia.ts';
import type { QuestionContext } from '../../lambdas/core/run/question.ts';

/** Runs listed one by one, and attempts shown of each warehouse. */
const LATEST = { ejecuciones: 15, intentos: 30 } as const;

/** Everything the report shows, read in one snapshot of the database. */
export interface Reporte {
  readonly estado: EstadoInventario;
  /** What fails now: whole runs first, then the warehouses in the catalogue's order. */
  readonly fallos: readonly FalloActual[];
  readonly recuperados: readonly FalloPasado[];
  /** The latest attempts on each warehouse, oldest first. */
  readonly intentos: Readonly<Record<string, readonly Intento[]>>;
  readonly rechazos: readonly RechazosAlmacen[];
  /** The latest runs, newest first. */
  readonly recientes: readonly Ejecucion[];
  readonly unidad: Unidad;
  readonly ejecuciones: readonly EjecucionesPorPeriodo[];
  readonly fases: readonly FasesPorPeriodo[];
  readonly movimiento: readonly Movimiento[];
  readonly ventas: ReporteVentas;
}

/** What the report shows of the sales. */
export interface ReporteVentas {
  /** The first day shown; the last is today. */
  readonly desde: string;
  readonly hasta: string;
  /** The calendar of every store that sells. */
  readonly calendario: readonly FilaCalendario[];
  readonly faltan: readonly Gap[];
  readonly porDia: readonly VentasDia[];
  readonly rechazos: readonly RechazosVentas[];
  /** The latest runs, newest first. */
  readonly recientes: readonly Ejecucion[];
  /** Of the last days. */
  readonly descuadres: readonly DescuadresTienda[];
}

/**
 * Reads what the report shows.
 * @throws PipelineError `BD_*`
 */
export function readReporte(context: QuestionContext): Promise<Reporte> {
  const catalogo = context.readCatalogo();
  return askDatabase(context, async (client, vivas) => {
    const estado = await readEstadoOf(client, vivas, catalogo);
    const almacenes = estado.almacenes.map(({ almacen }) => almacen);
    const deEjecuciones = await readFalloDeEjecuciones(client, vivas);
    const deAlmacenes = await readFallosDeAlmacenes(client, almacenes);
    const fallos = [...(deEjecuciones === undefined ? [] : [deEjecuciones]), ...deAlmacenes];
    const unidad = await chooseUnidad(client);
    return {
      estado,
      fallos,
      recuperados: await readFallosPasados(client, vivas, fallos),
      intentos: await readIntentos(client, almacenes, LATEST.intentos),
      rechazos: await readRechazos(client, almacenes),
      recientes: await readEjecuciones(client, vivas, { maximo: LATEST.ejecuciones, hasta: estado.momento }),
      unidad,
      ejecuciones: await readEjecucionesPorPeriodo(client, vivas, unidad),
      fases: await readFasesPorPeriodo(client, unidad),
      movimiento: await readMovimiento(client),
      ventas: await readVentas(client, vivas, catalogo, estado.momento),
    };
  });
}

/** Days of the sales that are shown, and those of which stock and sales are compared: that takes a fifth of a second for a store's day. */
const DIAS = { calendario: 35, descuadres: 3 } as const;

/** Articles shown of each store whose stock and sales do not agree. */
const ARTICULOS = 5;

async function readVentas(
  client: Queryable,
  vivas: readonly string[],
  catalogo: readonly Tienda[],
  momento: Date,
): Promise<ReporteVentas> {
  const tiendas = findVendedoras(undefined, catalogo);
  const ids = tiendas.map(({ id }) => id);
  const hasta = diaAt(momento);
  const calendario = await readCalendar(client, tiendas, addDias(hasta, 1 - DIAS.calendario), hasta);
  const primero = calendario.flatMap(({ dias }) => dias[0]?.dia ?? []).toSorted()[0] ?? hasta;
  const desde = [mondayBefore(primero), addDias(hasta, 1 - DIAS.calendario)].toSorted().at(-1) ?? hasta;
  return {
    desde,
    hasta,
    calendario,
    faltan: findGaps(await readTramosQueFaltan(client, { tiendas: ids, desde, hasta })),
    porDia: await readVentasPorDia(client, ids, desde, hasta),
    rechazos: await readRechazosVentas(client, ids),
    recientes: await readEjecuciones(client, vivas, {
      flujo: 'ventas',
      maximo: LATEST.ejecuciones,
      hasta: momento,
    }),
    descuadres: await readDescuadres(client, ids, addDias(hasta, 1 - DIAS.descuadres), hasta, ARTICULOS),
  };
}
