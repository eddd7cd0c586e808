/** Names shared by synth and runtime. This file imports nothing, and is the only one that `lib/` takes from `lambdas/`. */

/** Environment variables of the inventory Lambda that the stack sets. */
export const ENV = {
  dbSecretArn: 'DB_SECRET_ARN',
  klkSecretArn: 'KLK_SECRET_ARN',
  klkPuerto: 'KLK_PUERTO',
  dbCaArchivo: 'DB_CA_ARCHIVO',
} as const;

/** The last migration that this code needs; a database without it is refused, one with more is accepted. */
export const MIGRACION_REQUERIDA = '011_crear_particiones';

/** Message of the log line that carries a run's summary; saved queries and the manual search for it. */
export const MENSAJE_RESUMEN = 'RESUMEN ETL';
