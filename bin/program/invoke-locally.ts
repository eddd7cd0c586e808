import { randomBytes, randomUUID } from 'node:crypto';
import { ENV } from '../../lambdas/core/config/contract.ts';
import type { InvocationContext } from '../../lambdas/core/run/lambda.ts';
import { handler } from '../../lambdas/inventario-klk/handler.ts';
import type { Resumen } from '../../lambdas/inventario-klk/summary.ts';
import { handler as ventasHandler } from '../../lambdas/ventas-klk/handler.ts';
import type { Resumen as ResumenVentas } from '../../lambdas/ventas-klk/summary.ts';
import type { LocalEnvironment } from '../../local/environment.ts';
import { startSecretsManagerStub } from '../../local/secrets-manager.ts';

/** The timeouts of the deployed Lambdas. */
const TIMEOUT_MS = 300_000;
const VENTAS_TIMEOUT_MS = 840_000;

const arn = (name: string): string =>
  `arn:aws:secretsmanager:us-east-1:111122223333:secret:local/${name}-AbCdEf`;

/** Invokes the real handler of the inventory as Lambda would: environment, secrets read through the real SDK, remaining time. */
export async function invokeLocally(
  event: unknown,
  environment: LocalEnvironment,
  interrupted?: AbortSignal,
): Promise<Resumen> {
  const answer = await withInvocation(environment, TIMEOUT_MS, interrupted, (context) =>
    handler(event, context),
  );
  if (!('ejecucionId' in answer)) throw new Error('the event of a run was taken for a question');
  return answer;
}

/** The same for the handler of the sales. */
export async function invokeVentasLocally(
  event: unknown,
  environment: LocalEnvironment,
  interrupted?: AbortSignal,
): Promise<ResumenVentas> {
  const answer = await withInvocation(environment, VENTAS_TIMEOUT_MS, interrupted, (context) =>
    ventasHandler(event, context),
  );
  if (!('ejecucionId' in answer)) throw new Error('the event of a run was taken for a question');
  return answer;
}

async function withInvocation<T>(
  { database, caFile, klk }: LocalEnvironment,
  timeoutMs: number,
  interrupted: AbortSignal | undefined,
  invoke: (context: InvocationContext) => Promise<T>,
): Promise<T> {
  const { host, port, database: dbname, user: username, password } = database;
  const secrets = await startSecretsManagerStub({
    [arn('base')]: JSON.stringify({ host, port, dbname, username, password }),
    [arn('klk')]: JSON.stringify({ baseUrl: klk.baseUrl }),
  });
  Object.assign(process.env, {
    [ENV.dbSecretArn]: arn('base'),
    [ENV.klkSecretArn]: arn('klk'),
    [ENV.klkPuerto]: String(klk.puerto),
    [ENV.dbCaArchivo]: caFile,
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: randomBytes(16).toString('hex'),
  });
  const deadline = performance.now() + timeoutMs;
  try {
    return await invoke({
      awsRequestId: randomUUID(),
      getRemainingTimeInMillis: () => deadline - performance.now(),
      ...(interrupted && { interrupted }),
    });
  } finally {
    await secrets.close();
  }
}

/** What EventBridge sends when its rule fires. */
export const scheduledEvent = (): Record<string, unknown> => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '111122223333',
  time: new Date().toISOString(),
  region: 'us-east-1',
  resources: ['arn:aws:events:us-east-1:111122223333:rule/inventario-klk'],
  detail: {},
});
