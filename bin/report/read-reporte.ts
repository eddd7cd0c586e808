import { askDatabase } from '../../lambdas/inventario-klk/runs/ask-database.ts';
import { readEstadoOf } from '../../lambdas/inventario-klk/runs/read-estado.ts';
import type { Estado } from '../../lambdas/inventario-klk/runs/read-estado.ts';
import { readFallos } from '../../lambdas/inventario-klk/runs/read-fallos.ts';
import type { Fallo } from '../../lambdas/inventario-klk/runs/read-fallos.ts';
import { readMovimiento } from '../../lambdas/inventario-klk/runs/read-movimiento.ts';
import type { Movimiento } from '../../lambdas/inventario-klk/runs/read-movimiento.ts';
import {
  chooseUnidad,
  readEjecucionesPorPeriodo,
  readFasesPorPeriodo,
} from '../../lambdas/inventario-klk/runs/read-tendencia.ts';
import type {
  EjecucionesPorPeriodo,
  FasesPorPeriodo,
  Unidad,
} from '../../lambdas/inventario-klk/runs/read-tendencia.ts';
import type { Systems } from '../../lambdas/inventario-klk/systems.ts';

/** Refusals that a person may overrule with `forzar`. */
const SOSPECHAS = [
  'SOSPECHOSO_CEROS',
  'SOSPECHOSO_ENCOGIDO',
  'SOSPECHOSO_NUEVOS',
  'SOSPECHOSO_CAMBIOS',
  'FILAS_MALAS',
];

/** Everything the report shows, all from one moment of the database. */
export interface Reporte {
  readonly estado: Estado;
  readonly unidad: Unidad;
  readonly ejecuciones: readonly EjecucionesPorPeriodo[];
  readonly fases: readonly FasesPorPeriodo[];
  readonly movimiento: readonly Movimiento[];
  readonly sospechas: readonly Fallo[];
  readonly fallos: readonly Fallo[];
}

/**
 * Reads what the report shows.
 * @throws PipelineError `BD_*`
 */
export function readReporte(systems: Systems): Promise<Reporte> {
  const catalogo = systems.readCatalogo();
  return askDatabase(systems, async (client, vivas) => {
    const unidad = await chooseUnidad(client);
    return {
      estado: await readEstadoOf(client, vivas, catalogo),
      unidad,
      ejecuciones: await readEjecucionesPorPeriodo(client, vivas, unidad),
      fases: await readFasesPorPeriodo(client, unidad),
      movimiento: await readMovimiento(client),
      sospechas: await readFallos(client, SOSPECHAS),
      fallos: await readFallos(client),
    };
  });
}
