import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QuestionAnswer } from '../../lambdas/inventario-klk/questions/answer-question.ts';
import { readCatalogo } from '../../lambdas/core/config/catalogo.ts';
import { handler } from '../../lambdas/inventario-klk/handler.ts';
import { EjecucionNoCompleta } from '../../lambdas/core/run/outcome.ts';
import { isResumen } from '../../lambdas/inventario-klk/summary.ts';
import type { Resumen } from '../../lambdas/inventario-klk/summary.ts';
import { HEADER_CANARY } from './pipeline-run.ts';
import { createScene } from './run-harness.ts';
import type { Ended, Scene } from './run-harness.ts';
import { secretText, startScriptedSecrets } from './scripted-secrets.ts';
import type { ScriptedSecrets } from './scripted-secrets.ts';

export const DB_SECRET = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:base-AbCdEf';
export const KLK_SECRET = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:klk-AbCdEf';

/** Warehouses of the active stores of the catalogue. */
export const ACTIVOS = readCatalogo()
  .filter(({ activa }) => activa)
  .flatMap(({ almacenes }) => almacenes.map(({ codigo }) => codigo));

/** The Lambda's own limit. */
const TIMEOUT_MS = 30_000;

/** A scene in which the real handler runs: its environment, its secrets through the real SDK, its database over TLS. */
export interface HandlerScene extends Scene {
  readonly secrets: ScriptedSecrets;
  /** Both secrets as they should be. */
  readonly dbSecret: string;
  readonly klkSecret: string;
  /** One invocation, without the checks, for `watch`. */
  invoke(event: unknown, remainingMs?: number): Promise<Ended>;
}

/** Brings one up. */
export async function createHandlerScene(): Promise<HandlerScene> {
  const scene = await createScene(ACTIVOS);
  const secrets = await startScriptedSecrets();
  const folder = await mkdtemp(join(tmpdir(), 'inventario-klk-ca-'));
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, scene.database.ca);
  const { host, port, database: dbname, user: username, password } = scene.database.etl;
  const dbSecret = JSON.stringify({ host, port, dbname, username, password });
  const klkSecret = JSON.stringify({ baseUrl: scene.klk.url.href, headers: { 'x-clave': HEADER_CANARY } });
  Object.assign(process.env, {
    DB_SECRET_ARN: DB_SECRET,
    KLK_SECRET_ARN: KLK_SECRET,
    KLK_PUERTO: scene.klk.url.port,
    DB_CA_ARCHIVO: caFile,
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    AWS_ACCESS_KEY_ID: 'prueba',
    AWS_SECRET_ACCESS_KEY: 'prueba',
    POWERTOOLS_METRICS_NAMESPACE: 'Prueba',
    KLK_REINTENTOS: '0',
  });

  return {
    ...scene,
    secrets,
    dbSecret,
    klkSecret,
    async invoke(event, remainingMs = TIMEOUT_MS) {
      const start = performance.now();
      const context = {
        awsRequestId: 'prueba',
        getRemainingTimeInMillis: () => remainingMs - (performance.now() - start),
      };
      const [outcome] = await Promise.allSettled([handler(event, context)]);
      return { ...told(outcome), elapsedMs: performance.now() - start, limitMs: remainingMs };
    },
    async reset() {
      await scene.reset();
      secrets.script(DB_SECRET, secretText(dbSecret));
      secrets.script(KLK_SECRET, secretText(klkSecret));
    },
    async close() {
      await scene.close();
      await secrets.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** What the handler returned or threw, as the summary of the run, if there was one, and the error. */
function told(outcome: PromiseSettledResult<Resumen | QuestionAnswer>): Pick<Ended, 'resumen' | 'thrown'> {
  if (outcome.status === 'fulfilled') {
    return { resumen: 'dryRun' in outcome.value ? outcome.value : undefined, thrown: undefined };
  }
  const thrown: unknown = outcome.reason;
  const known = thrown instanceof EjecucionNoCompleta;
  return { resumen: known && isResumen(thrown.resumen) ? thrown.resumen : undefined, thrown };
}
