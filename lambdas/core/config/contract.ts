/** Names and texts that the stacks share with what runs, in AWS or on this machine. This file imports nothing, and is the only one that `lib/` takes from `lambdas/`. */

/** Environment variables that the stack sets. */
export const ENV = {
  dbSecretArn: 'DB_SECRET_ARN',
  /** Of the migration Lambda alone. */
  dbAdminSecretArn: 'DB_ADMIN_SECRET_ARN',
  /** Of the Lambda of the read-only API, and of the migration Lambda, which creates its user. */
  consultasDbSecretArn: 'CONSULTAS_DB_SECRET_ARN',
  /** Of the Lambda of the read-only API: the issuer whose tokens it accepts, and the claims with role and stores. */
  consultasIssuer: 'CONSULTAS_ISSUER',
  consultasAudience: 'CONSULTAS_AUDIENCE',
  consultasClaimRol: 'CONSULTAS_CLAIM_ROL',
  consultasClaimTiendas: 'CONSULTAS_CLAIM_TIENDAS',
  klkSecretArn: 'KLK_SECRET_ARN',
  klkPuerto: 'KLK_PUERTO',
  dbCaArchivo: 'DB_CA_ARCHIVO',
  /** Of the migration Lambda alone. */
  retencionMeses: 'ETL_RETENCION_MESES',
  /** Of the sales Lambda, and of the migration Lambda, which creates the partitions from that day on. */
  ventasDesde: 'ETL_VENTAS_DESDE',
} as const;

/** What the page of the queries may load and ask: its own site, and for its tokens the site of their issuer. */
export const contentSecurityPolicy = (tokenOrigin: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    `connect-src 'self' ${tokenOrigin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Message of the log line that carries a run's summary; saved queries and the manual search for it. */
export const MENSAJE_RESUMEN = 'RESUMEN ETL';

/** The same of a run of the sales pipeline. */
export const MENSAJE_RESUMEN_VENTAS = 'RESUMEN ETL VENTAS';

/** Message of the log line of one rejected row. */
export const MENSAJE_RECHAZO = 'Fila rechazada';

/** Minutes between scheduled runs: the rule, the check of the Lambda's timeout and the alarms' periods follow from it. */
export const INTERVALO_MINUTOS = 30;

/** Minutes between the start of an inventory run and that of a sales run, so that the two do not ask KLK at the same time. */
export const DESFASE_VENTAS_MINUTOS = 15;

/** Hours after which the inventory of an active warehouse counts as stale: for the alarm, `estado` and the report. */
export const ANTIGUEDAD_MAXIMA_HORAS = 2;

/** The value of the dimension `service` that every metric carries, by pipeline. */
export const SERVICIO = 'inventario-klk';
export const SERVICIO_VENTAS = 'ventas-klk';

/** CloudWatch metrics of a run, in the namespace that the stack puts into `POWERTOOLS_METRICS_NAMESPACE`. */
export const METRICAS = {
  /** Count, 1: a scheduled run loaded at least one store. Only scheduled runs may emit it, because the silence alarm counts it. */
  cargaProgramada: 'CargaProgramada',
  /** Count, 0 or 1: whether a scheduled run failed to load a store. Only scheduled runs emit it, for the failure alarm. */
  programadaFallida: 'ProgramadaFallida',
  /** Count: stores of the run by outcome. */
  tiendasCargadas: 'TiendasCargadas',
  tiendasFallidas: 'TiendasFallidas',
  /** Count: rows in quarantine. */
  rechazados: 'Rechazados',
  /** Count, of sales: days of the stores, of the last five weeks before today, of which some slice was never read. 0 before six in the morning. */
  diasIncompletos: 'DiasIncompletos',
  /** Count, of sales: lines that the run inserted. */
  lineasNuevas: 'LineasNuevas',
  /** Count, of sales: slices of the run that failed, and that it left for another run. */
  tramosFallidos: 'TramosFallidos',
  tramosPendientes: 'TramosPendientes',
  /** Milliseconds: the whole run. */
  duracion: 'Duracion',
  /** Seconds since the oldest snapshot of an active warehouse; above the allowed maximum when it lies in the future. */
  antiguedadMaxima: 'AntiguedadMaxima',
  /** Count, by store: articles after the load. */
  articulos: 'Articulos',
  /** Seconds, by store: age of its stalest warehouse. */
  antiguedad: 'Antiguedad',
} as const;

/** The dimension of the metrics that are kept by store; its value is the store's id. */
export const DIMENSION_TIENDA = 'tienda';

/**
 * The AWS CLI's command that invokes a Lambda, as a shell takes it. Without `--cli-read-timeout 0` the CLI gives up after a
 * minute and invokes it again.
 */
export const invokeCommand = (region: string, functionName: string, payload: object): string =>
  `aws lambda invoke --region ${region} --function-name ${functionName}` +
  ' --cli-binary-format raw-in-base64-out --cli-read-timeout 0' +
  ` --payload '${JSON.stringify(payload)}' /dev/stdout`;

/** Bytes of the largest answer accepted, and requests to KLK at once, unless `KLK_MAX_BYTES` and `KLK_CONCURRENCIA` say otherwise. */
export const MAX_BYTES_POR_DEFECTO = 6_000_000;
export const CONCURRENCIA_POR_DEFECTO = 3;

/** Loads at the same time. Two are an eighth faster than one (docs/decisions/0011): the server works on one while the other waits. */
export const LOADS_AT_ONCE = 2;

/**
 * Megabytes that a run needs in the worst case: 180 for the process and, for each megabyte of an answer, 45 to parse the densest one
 * (one at a time) and 11 for every answer that is in memory. Measured in test/integration/memory.test.ts, 2026-11-24: 723 MB with the
 * defaults, for which this returns 780.
 */
export const memoryNeededMb = (maxBytes: number, concurrency: number): number =>
  Math.ceil(180 + (maxBytes / 1_000_000) * (45 + 11 * (concurrency + LOADS_AT_ONCE)));

/**
 * The same for a sales run, whose lines have three times the fields of an article: 732 MB in test/integration/memory-ventas.test.ts, 2026-11-29, and 798 MB when each answer of
 * a long run is as bad, for which this says 900. Answers of whole lines need 420 MB.
 */
export const memoryNeededVentasMb = (maxBytes: number, concurrency: number): number =>
  Math.ceil(180 + (maxBytes / 1_000_000) * (45 + 15 * (concurrency + LOADS_AT_ONCE)));
