import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRICAS } from '../config/contract.ts';
import { FLUJOS } from './flujo.ts';
import type { Flujo } from './flujo.ts';
import type { RunSummary } from './summary.ts';

/** No metric yet. The namespace comes from the stack, through Powertools' own variable. */
export const createMetrics = (flujo: Flujo): Metrics => new Metrics({ serviceName: FLUJOS[flujo].servicio });

/** The metrics of a run of any pipeline, to which each adds its own. Only scheduled runs report whether they loaded and failed, because alarms count that. */
export function createRunMetrics(flujo: Flujo, { origen, estado, duracionMs, totales }: RunSummary): Metrics {
  const metrics = createMetrics(flujo);
  metrics.addMetric(METRICAS.tiendasCargadas, MetricUnit.Count, totales.cargadas);
  metrics.addMetric(METRICAS.tiendasFallidas, MetricUnit.Count, totales.fallidas);
  metrics.addMetric(METRICAS.rechazados, MetricUnit.Count, totales.rechazados);
  metrics.addMetric(METRICAS.duracion, MetricUnit.Milliseconds, duracionMs);
  if (origen === 'programada') {
    const failed = estado === 'parcial' || estado === 'fallida';
    metrics.addMetric(METRICAS.programadaFallida, MetricUnit.Count, failed ? 1 : 0);
    if (totales.cargadas > 0) metrics.addMetric(METRICAS.cargaProgramada, MetricUnit.Count, 1);
  }
  return metrics;
}
