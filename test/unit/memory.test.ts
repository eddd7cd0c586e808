import { expect, it } from '@jest/globals';
import { readLambdaConfig } from '../../lambdas/inventario-klk/config.ts';
import {
  CONCURRENCIA_POR_DEFECTO,
  MAX_BYTES_POR_DEFECTO,
  memoryNeededMb,
} from '../../lambdas/inventario-klk/contract.ts';
import { STAGES } from '../../lib/stages.ts';

it.each(Object.entries(STAGES))(
  'The memory of stage %s is enough for the worst answers admitted',
  (_, { memoryMb }) => {
    expect(memoryMb).toBeGreaterThanOrEqual(memoryNeededMb(MAX_BYTES_POR_DEFECTO, CONCURRENCIA_POR_DEFECTO));
  },
);

it.each([
  ['KLK_MAX_BYTES', '16000000'],
  ['KLK_CONCURRENCIA', '20'],
])('A Lambda refuses a %s that its memory cannot hold, before it touches anything', (variable, value) => {
  const env = {
    DB_SECRET_ARN: 'base',
    KLK_SECRET_ARN: 'klk',
    KLK_PUERTO: '7002',
    AWS_REGION: 'us-east-1',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024',
  };

  expect(readLambdaConfig(env).tunables.klk.maxBytes).toBe(MAX_BYTES_POR_DEFECTO);
  expect(() => readLambdaConfig({ ...env, [variable]: value })).toThrow(
    /KLK_MAX_BYTES y KLK_CONCURRENCIA pueden exigir \d+ MB y la función tiene 1024/,
  );
});
