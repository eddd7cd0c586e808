import type { Logger } from '@aws-lambda-powertools/logger';
import type { PipelineError } from '../shared/errors.ts';
import { MENSAJE_RECHAZO } from './contract.ts';
import type { Extraccion, Retry } from './extract/fetch-inventario.ts';
import type { Fase } from './summary.ts';
import type { Transformado } from './transform/rows.ts';

/** Refused rows logged one by one, at most; the rest is in the counts and in `etl_rechazos`. */
const MAX_LOGGED = 20;

/** The question leaves now, after the wait for its turn. */
export function logQuestion(logger: Logger): void {
  logger.info('Preguntando a KLK', { fase: 'extraccion' });
}

export function logRetry(logger: Logger, { intento, error }: Retry): void {
  logger.warn('Reintento', { fase: 'extraccion', intento, codigo: error.codigo, motivo: error.message });
}

export function logExtraccion(logger: Logger, extraccion: Extraccion, ms: number): void {
  const { articulos, fechaGeneracion, identidadConfirmada } = extraccion;
  const fase = 'extraccion';
  logger.info('Inventario extraído', { fase, extraidos: articulos.length, fechaGeneracion, ms });
  if (!identidadConfirmada) logger.warn('KLK no dice de qué almacén son los datos', { fase });
}

export function logTransformado(logger: Logger, transformado: Transformado, ms: number): void {
  const fase = 'transformacion';
  const { inventario, rechazos, duplicados, preciosIlegibles, textosLimpiados } = transformado;
  logger.info('Inventario transformado', {
    fase,
    validos: inventario.length,
    rechazados: rechazos.length,
    duplicados,
    preciosIlegibles,
    textosLimpiados,
    ms,
  });
  for (const { codigo, motivo } of rechazos.slice(0, MAX_LOGGED)) {
    logger.warn(MENSAJE_RECHAZO, { fase, producto: codigo, motivo });
  }
}

/** Names each unknown field once per run: `named` are those the run has named already. */
export function logCamposDesconocidos(logger: Logger, campos: readonly string[], named: Set<string>): void {
  const fresh = campos.filter((campo) => !named.has(campo));
  for (const campo of fresh) named.add(campo);
  if (fresh.length > 0)
    logger.warn('KLK envía campos desconocidos', { fase: 'transformacion', campos: fresh });
}

/** A variable that nobody reads: probably one that was misspelt. */
export function logVariableDesconocida(logger: Logger, motivo: string): void {
  logger.warn('Variable desconocida', { motivo });
}

/** A refusal that a person overruled by naming the store. */
export function logForzado(logger: Logger, fase: Fase, { codigo, message }: PipelineError): void {
  logger.warn('Inventario aceptado por orden de una persona', { fase, codigo, motivo: message });
}
