import { askDatabase } from '../../lambdas/core/run/question.ts';
import { readEjecuciones } from '../../lambdas/inventario-klk/questions/read-ejecuciones.ts';
import type { Ejecucion } from '../../lambdas/inventario-klk/questions/read-ejecuciones.ts';
import { readEstadoOf } from '../../lambdas/inventario-klk/questions/read-estado.ts';
import type { Estado } from '../../lambdas/inventario-klk/questions/read-estado.ts';
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
import type { QuestionContext } from '../../lambdas/core/run/question.ts';

/** Runs listed one by one, and attempts shown of each warehouse. */
const LATEST = { ejecuciones: 15, intentos: 30 } as const;

/** Everything the report shows, read in one snapshot of the database. */
export interface Reporte {
  readonly estado: Estado;
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
}

/**
 * Reads what the report shows.
 * @throws PipelineError `BD_*`
 */
export function readReporte(systems: QuestionContext): Promise<Reporte> {
  const catalogo = systems.readCatalogo();
  return askDatabase(systems, async (client, vivas) => {
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
    };
  });
}
