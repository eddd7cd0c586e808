import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { z } from 'zod';
import { PipelineError } from '../errors/errors.ts';
import { excerpt } from '../errors/excerpt.ts';
import { abortable } from '../time/deadline.ts';
import { describeIssues, EN_ESPANOL } from '../errors/invalid.ts';

/** Attempts of the SDK for one secret, and the timeout of each, so that throttling ends in seconds and not at the run's deadline. */
const MAX_ATTEMPTS = 4;
const REQUEST_TIMEOUT_MS = 3_000;

/**
 * Reads one secret and parses it. The value is never part of a message.
 * @throws PipelineError `SECRETO_INACCESIBLE` or `SECRETO_INVALIDO`, naming the variable that points to the secret; or the signal's reason.
 */
export async function fetchSecret<T>(
  variable: string,
  arn: string,
  schema: z.ZodType<T>,
  signal: AbortSignal,
): Promise<T> {
  const client = new SecretsManagerClient({
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionTimeout: REQUEST_TIMEOUT_MS,
      // Without this the SDK only warns, and waits on.
      throwOnRequestTimeout: true,
    },
  });
  try {
    const answer = await abortable(signal, () =>
      client.send(new GetSecretValueCommand({ SecretId: arn }), { abortSignal: signal }),
    );
    return parseSecret(variable, answer.SecretString, schema);
  } catch (error) {
    if (error instanceof PipelineError) throw error;
    const motivo = Error.isError(error) ? `${error.name}: ${error.message}` : String(error);
    throw new PipelineError(
      'SECRETO_INACCESIBLE',
      `No se pudo leer el secreto de ${variable} (${excerpt(motivo)})`,
      {
        cause: error,
      },
    );
  } finally {
    client.destroy();
  }
}

function parseSecret<T>(variable: string, text: string | undefined, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(parseJson(variable, text ?? ''), EN_ESPANOL);
  if (!parsed.success) {
    throw new PipelineError(
      'SECRETO_INVALIDO',
      `El secreto de ${variable} no tiene la forma esperada: ${describeIssues(parsed.error).join('; ')}`,
    );
  }
  return parsed.data;
}

function parseJson(variable: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No cause: the parser's message quotes the text, which is the secret.
    throw new PipelineError('SECRETO_INVALIDO', `El secreto de ${variable} no es JSON`);
  }
}
