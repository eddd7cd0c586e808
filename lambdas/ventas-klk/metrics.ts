import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRICAS, SERVICIO_VENTAS } from '../core/config/contract.ts';
import type { Pendientes } from './load/read-pendientes.ts';
import type { Resumen } from './summary.ts';

/** Writes a run's metrics to the log in CloudWatch's embedded format; what is missing only where the database could say. */
export function publishMetrics(
  { origen, estado, duracionMs, totales }: Resumen,
  pendientes: Pendientes | undefined,
): void {
  // The namespace comes from the stack, through Powertools' own variable.
  const metrics = new Metrics({ serviceName: SERVICIO_VENTAS });
  metrics.addMetric(METRICAS.tiendasCargadas, MetricUnit.Count, totales.cargadas);
  metrics.addMetric(METRICAS.tiendasFallidas, MetricUnit.Count, totales.fallidas);
  metrics.addMetric(METRICAS.rechazados, MetricUnit.Count, totales.rechazados);
  metrics.addMetric(METRICAS.lineasNuevas, MetricUnit.Count, totales.nuevas);
  metrics.addMetric(METRICAS.tramosFallidos, MetricUnit.Count, totales.tramos.fallidos);
  metrics.addMetric(METRICAS.tramosPendientes, MetricUnit.Count, totales.tramos.pendientes);
  metrics.addMetric(METRICAS.duracion, MetricUnit.Milliseconds, duracionMs);
  if (pendientes !== undefined) {
    metrics.addMetric(METRICAS.diasIncompletos, MetricUnit.Count, pendientes.diasIncompletos);
  }
  if (origen === 'programada') {
    const failed = estado === 'parcial' || estado === 'fallida';
    metrics.addMetric(METRICAS.programadaFallida, MetricUnit.Count, failed ? 1 : 0);
    if (totales.cargadas > 0) metrics.addMetric(METRICAS.cargaProgramada, MetricUnit.Count, 1);
  }
  metrics.publishStoredMetrics();
}
