import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Tienda } from '../core/config/catalogo.ts';
import { DIMENSION_TIENDA, METRICAS } from '../core/config/contract.ts';
import { createMetrics, createRunMetrics } from '../core/run/metrics.ts';
import type { Antiguedad } from './load/read-antiguedades.ts';
import type { Resumen, ResumenTienda } from './summary.ts';

/** Writes a run's metrics to the log in CloudWatch's embedded format; ages only of stores that are active in the catalogue. */
export function publishMetrics(
  resumen: Resumen,
  antiguedades: readonly Antiguedad[],
  catalogo: readonly Tienda[],
): void {
  const activas = catalogo.filter(({ activa }) => activa);
  const ages = new Map(activas.map((tienda) => [tienda.id, stalestOf(tienda, antiguedades)]));
  publishRun(resumen, Math.max(...[...ages.values()].filter((age) => age !== undefined)));
  for (const [id, age] of ages)
    publishTienda(
      id,
      age,
      resumen.tiendas.find((tienda) => tienda.id === id),
    );
}

function publishRun(resumen: Resumen, stalest: number): void {
  const metrics = createRunMetrics('inventario', resumen);
  if (Number.isFinite(stalest)) metrics.addMetric(METRICAS.antiguedadMaxima, MetricUnit.Seconds, stalest);
  metrics.publishStoredMetrics();
}

function publishTienda(id: string, age: number | undefined, tienda: ResumenTienda | undefined): void {
  if (age === undefined) return;
  const metrics = createMetrics('inventario');
  metrics.addDimension(DIMENSION_TIENDA, id);
  metrics.addMetric(METRICAS.antiguedad, MetricUnit.Seconds, age);
  if (tienda?.estado === 'cargada') {
    const articulos = tienda.almacenes.reduce((total, { inventario }) => total + inventario, 0);
    metrics.addMetric(METRICAS.articulos, MetricUnit.Count, articulos);
  }
  metrics.publishStoredMetrics();
}

/** The age of a store's stalest warehouse; undefined when the database has none of them. */
function stalestOf({ almacenes }: Tienda, antiguedades: readonly Antiguedad[]): number | undefined {
  const codigos = new Set(almacenes.map(({ codigo }) => codigo));
  const ages = antiguedades.filter(({ almacen }) => codigos.has(almacen)).map(({ segundos }) => segundos);
  return ages.length > 0 ? Math.max(...ages) : undefined;
}
