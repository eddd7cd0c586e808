import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { PipelineError } from '../shared/errors.ts';
import { readCatalogo } from './catalogo.ts';
import { readLambdaConfig } from './config.ts';
import type { LambdaConfig } from './config.ts';
import { ENV } from './contract.ts';
import { deadlineIn } from './deadline.ts';
import { parseEvent } from './event.ts';
import { createLogger } from './logger.ts';
import { publishMetrics } from './metrics.ts';
import { concludeRun } from './outcome.ts';
import { runPipeline } from './pipeline.ts';
import { fetchSecret } from './secrets.ts';
import { DatabaseSecretSchema, KlkSettingsSchema, portOf, toDatabaseSettings } from './settings.ts';
import type { KlkSettings } from './settings.ts';
import type { Resumen } from './summary.ts';

/** What the handler needs of Lambda's context. */
export type InvocationContext = Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>;

/**
 * The Lambda's entry: loads the stores that the event asks for and returns the summary.
 * @throws SolicitudInvalida, ConfiguracionInvalida before anything is touched; EjecucionFallida, EjecucionIncompleta after.
 */
export async function handler(event: unknown, context: InvocationContext): Promise<Resumen> {
  const catalogo = readCatalogo();
  const solicitud = parseEvent(event, catalogo);
  const config = readLambdaConfig();
  const deadline = deadlineIn(context.getRemainingTimeInMillis() - config.marginMs);
  const ejecucionId = randomUUID();
  const logger = createLogger(ejecucionId);
  logger.appendPersistentKeys({ function_request_id: context.awsRequestId });

  const resumen = await runPipeline({
    ejecucionId,
    solicitud,
    tunables: config.tunables,
    deadline,
    logger,
    readKlkSettings: () => readKlkSettings(config, deadline.signal),
    readDatabaseSettings: async () => {
      const secret = await fetchSecret(
        ENV.dbSecretArn,
        config.dbSecretArn,
        DatabaseSecretSchema,
        deadline.signal,
      );
      return toDatabaseSettings(secret, config.databaseCa);
    },
    publish: (resumen, antiguedades) => {
      publishMetrics(resumen, antiguedades, catalogo);
    },
  });
  return concludeRun(resumen);
}

/** Refuses an address on a port that the security group does not open, instead of timing out on it. */
async function readKlkSettings(config: LambdaConfig, signal: AbortSignal): Promise<KlkSettings> {
  const settings = await fetchSecret(ENV.klkSecretArn, config.klkSecretArn, KlkSettingsSchema, signal);
  const puerto = portOf(settings.baseUrl);
  if (puerto !== config.klkPuerto) {
    throw new PipelineError(
      'KLK_PUERTO_CERRADO',
      `El secreto de ${ENV.klkSecretArn} apunta al puerto ${puerto} y solo está abierto el ${config.klkPuerto}`,
    );
  }
  return settings;
}
