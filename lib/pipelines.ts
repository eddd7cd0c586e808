import {
  DESFASE_VENTAS_MINUTOS,
  ENV,
  INTERVALO_MINUTOS,
  memoryNeededMb,
  memoryNeededVentasMb,
  SERVICIO,
  SERVICIO_VENTAS,
} from '../lambdas/core/config/contract.ts';
import type { Stage } from './stages.ts';

/** What differs between the pipelines. */
export interface PipelineDefinition {
  /** Ids of its constructs. CloudFormation replaces a resource whose id changes. */
  readonly lambdaId: string;
  readonly scheduleId: string;
  /** The value of the dimension `service` of its metrics. */
  readonly service: string;
  readonly description: string;
  /** Description of its rule. */
  readonly rule: string;
  /** Path from the project's root. */
  readonly entry: string;
  /** The fields of `Stage` with its memory and its timeout. */
  readonly memoryProp: 'memoryMb' | 'ventasMemoryMb';
  readonly timeoutProp: 'timeoutMinutes' | 'ventasTimeoutMinutes';
  readonly maxTimeoutMinutes: number;
  /** Megabytes that its largest answers may need. */
  readonly memoryNeededMb: (maxBytes: number, concurrency: number) => number;
  /** Variables that this pipeline alone reads. */
  readonly environment: (stage: Stage) => Readonly<Record<string, string>>;
}

export const INVENTARIO: PipelineDefinition = {
  lambdaId: 'Inventario',
  scheduleId: 'Programacion',
  service: SERVICIO,
  description: 'Inventario de KLK a PostgreSQL',
  rule: `Inventario de KLK cada ${INTERVALO_MINUTOS} minutos`,
  entry: 'lambdas/inventario-klk/handler.ts',
  memoryProp: 'memoryMb',
  timeoutProp: 'timeoutMinutes',
  maxTimeoutMinutes: INTERVALO_MINUTOS / 2,
  memoryNeededMb,
  environment: () => ({}),
};

export const VENTAS: PipelineDefinition = {
  lambdaId: 'Ventas',
  scheduleId: 'VentasProgramacion',
  service: SERVICIO_VENTAS,
  description: 'Ventas de KLK a PostgreSQL',
  rule: `Ventas de KLK cada ${INTERVALO_MINUTOS} minutos, ${DESFASE_VENTAS_MINUTOS} después del inventario`,
  entry: 'lambdas/ventas-klk/handler.ts',
  memoryProp: 'ventasMemoryMb',
  timeoutProp: 'ventasTimeoutMinutes',
  // The next inventory run starts after the difference of these; one minute is left for a late start.
  maxTimeoutMinutes: INTERVALO_MINUTOS - DESFASE_VENTAS_MINUTOS - 1,
  memoryNeededMb: memoryNeededVentasMb,
  environment: ({ ventasDesde }): Readonly<Record<string, string>> =>
    ventasDesde === undefined ? {} : { [ENV.ventasDesde]: ventasDesde },
};
