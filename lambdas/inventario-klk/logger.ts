import { Logger } from '@aws-lambda-powertools/logger';
import { describeErrorsInJson } from '../shared/describe-error.ts';
import { SERVICIO } from './contract.ts';

/** The JSON logger of one run: every line carries `ejecucionId`; children add `tienda`, `almacen` and `fase`. */
export function createLogger(ejecucionId: string): Logger {
  return new Logger({
    serviceName: SERVICIO,
    persistentKeys: { ejecucionId },
    jsonReplacerFn: describeErrorsInJson,
  });
}
