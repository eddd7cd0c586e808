import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRICAS } from '../core/config/contract.ts';
import { createRunMetrics } from '../core/run/metrics.ts';
import type { Pendientes } from './load/read-pendientes.ts';
import type { Resumen } from './summary.ts';

/** Writes a run's metrics to the log in CloudWatch's embedded format; what is missing only if the database could be asked. */
export function publishMetrics(resumen: Resumen, pendientes: Pendientes | undefined): void {
  const { nuevas, tramos } = resumen.totales;
  const metrics = createRunMetrics('ventas', resumen);
  metrics.addMetric(METRICAS.lineasNuevas, MetricUnit.Count, nuevas);
  metrics.addMetric(METRICAS.tramosFallidos, MetricUnit.Count, tramos.fallidos);
  metrics.addMetric(METRICAS.tramosPendientes, MetricUnit.Count, tramos.pendientes);
  if (pendientes !== undefined) {
    metrics.addMetric(METRICAS.diasIncompletos, MetricUnit.Count, pendientes.diasIncompletos);
  }
  metrics.publishStoredMetrics();
}
