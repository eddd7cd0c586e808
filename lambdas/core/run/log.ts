import { Logger } from '@aws-lambda-powertools/logger';
import { warnOfUnknownVariables } from '../config/variables.ts';
import { describeErrorsInJson } from '../errors/describe-error.ts';
import type { PipelineError } from '../errors/errors.ts';
import type { Retry } from '../klk/ask.ts';
import { FLUJOS } from './flujo.ts';
import type { Flujo } from './flujo.ts';

/** Messages of the log lines that a run of any pipeline writes; `bin/` and the tests use them too. */
export const MENSAJES_EJECUCION = {
  iniciada: 'Ejecución iniciada',
  fallida: 'Ejecución fallida',
  abandonadas: 'Se cerraron ejecuciones que murieron a medias',
  sinRegistrar: 'No se pudo anotar en la base cómo terminó la ejecución',
  sinMetricas: 'No se pudieron publicar las métricas de la ejecución',
  variableDesconocida: 'Variable desconocida',
} as const;

/** Messages of the log lines about one question to KLK, the same for every pipeline. */
export const MENSAJES_PREGUNTA = {
  preguntando: 'Preguntando a KLK',
  reintento: 'Reintento',
  camposDesconocidos: 'KLK envía campos desconocidos',
} as const;

/** The JSON logger of one run: every line carries `ejecucionId`; children add what is loaded, such as `tienda` and `almacen`. */
export function createLogger(ejecucionId: string, flujo: Flujo): Logger {
  return new Logger({
    serviceName: FLUJOS[flujo].servicio,
    persistentKeys: { ejecucionId },
    jsonReplacerFn: describeErrorsInJson,
  });
}

/** Warns of variables that no program reads. They do not stop a run. */
export function logUnknownVariables(logger: Logger): void {
  warnOfUnknownVariables((motivo) => {
    logger.warn(MENSAJES_EJECUCION.variableDesconocida, { motivo });
  });
}

/** Logs an error with its code and message, and the error itself, bounded and masked. */
export function logFailure(logger: Logger, mensaje: string, error: PipelineError, extra: object = {}): void {
  logger.error(mensaje, { ...extra, codigo: error.codigo, motivo: error.message, error });
}

/** Called when the request is sent, after the wait for its turn. */
export function logQuestion(logger: Logger): void {
  logger.info(MENSAJES_PREGUNTA.preguntando, { fase: 'extraccion' });
}

export function logRetry(logger: Logger, { intento, error }: Retry): void {
  logger.warn(MENSAJES_PREGUNTA.reintento, {
    fase: 'extraccion',
    intento,
    codigo: error.codigo,
    motivo: error.message,
  });
}

/** Names each unknown field once per run: `named` are those the run has named already. */
export function logCamposDesconocidos(logger: Logger, campos: readonly string[], named: Set<string>): void {
  const fresh = campos.filter((campo) => !named.has(campo));
  for (const campo of fresh) named.add(campo);
  if (fresh.length > 0) {
    logger.warn(MENSAJES_PREGUNTA.camposDesconocidos, { fase: 'transformacion', campos: fresh });
  }
}
