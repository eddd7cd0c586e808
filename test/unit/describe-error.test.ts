import { SecretsManagerServiceException } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from '@jest/globals';
import { DatabaseError } from 'pg';
import { errors } from 'undici';
import { z } from 'zod';
import { createLogger } from '../../lambdas/core/run/log.ts';
import { describeError } from '../../lambdas/core/errors/describe-error.ts';
import { PipelineError, toPipelineError } from '../../lambdas/core/errors/errors.ts';
import { conceal } from '../../lambdas/core/errors/excerpt.ts';
import { captureOutput } from '../support/output.ts';

const CANARY = 'CANARIO-DE-UN-ERROR';

/** Beyond the length of any excerpt. */
const TAIL = `${'x'.repeat(300)}${CANARY}`;

/** The real classes of the libraries in use, each holding the canary where such an error holds what it was given. */
const LIBRARY_ERRORS: readonly [string, Error][] = [
  ['undici, of an answer that is no HTTP', Object.assign(new errors.HTTPParserError('mala'), { data: TAIL })],
  [
    'undici, of a status',
    new errors.ResponseError('malo', 500, { headers: { 'set-cookie': CANARY }, body: CANARY }),
  ],
  [
    'pg',
    Object.assign(new DatabaseError('mal', 3, 'error'), {
      code: '23505',
      detail: CANARY,
      where: CANARY,
      hint: CANARY,
      internalQuery: CANARY,
    }),
  ],
  [
    'the AWS SDK',
    new SecretsManagerServiceException({
      name: 'Mala',
      $fault: 'client',
      message: TAIL,
      $metadata: { requestId: CANARY },
      $response: { statusCode: 400, headers: { authorization: CANARY } },
    }),
  ],
  ['zod', new z.ZodRealError([{ code: 'custom', path: [], message: TAIL, input: CANARY }])],
  ['several errors', new AggregateError([new Error(CANARY)], 'varios')],
  ['an error with a long text', new Error(TAIL)],
  ['a text that looks like a stack', new Error(`${'x'.repeat(300)}\n    at ${CANARY}:1:1`)],
  ['an error whose cause is no error', new Error('mal', { cause: { cuerpo: CANARY } })],
];

describe('an error in the log', () => {
  it.each(LIBRARY_ERRORS)('has none of the properties that a library added: %s', async (_library, error) => {
    const wrapped = new PipelineError('KLK_CORTADA', 'mal', { cause: new Error('mal', { cause: error }) });
    const { output } = await captureOutput(() => {
      const logger = createLogger('prueba', 'inventario');
      logger.error('mal', { error: wrapped });
      logger.error('mal', { fase: { error } });
      logger.error('mal', error);
      logger.error('mal', { error: toPipelineError(error) });
      return Promise.resolve();
    });

    expect(output).toContain('KLK_CORTADA');
    expect(output).not.toContain(CANARY);
    expect(toPipelineError(error).message).not.toContain(CANARY);
    for (const line of output.split('\n')) expect(line.length).toBeLessThan(12_000);
  });

  it('is name, code, message, stack and cause, and nothing else', () => {
    const cause = Object.assign(new RangeError('fuera'), { code: 'E_FUERA', data: CANARY });
    const described = describeError(new PipelineError('KLK_CONTRATO', 'mal', { cause }));

    expect(described).toEqual({
      name: 'PipelineError',
      code: 'KLK_CONTRATO',
      message: 'mal',
      stack: expect.stringMatching(/^ {4}at /),
      cause: {
        name: 'RangeError',
        code: 'E_FUERA',
        message: 'fuera',
        stack: expect.stringContaining('describe-error.test.ts'),
      },
    });
  });

  it('is of limited size, even with a hundred thousand or circular causes', () => {
    const circle = new Error('círculo');
    circle.cause = circle;
    let deep = new Error('fondo');
    for (let depth = 0; depth < 100_000; depth += 1) deep = new Error('más', { cause: deep });

    for (const error of [circle, deep])
      expect(JSON.stringify(describeError(error)).length).toBeLessThan(20_000);
  });

  it('shows no secret that was concealed', () => {
    conceal('Basic dXN1YXJpbzpjbGF2ZS1tdXktc2VjcmV0YQ==');

    for (const echoed of [
      'dXN1YXJpbzpjbGF2ZS1tdXktc2VjcmV0YQ',
      'usuario:clave-muy-secreta',
      'clave-muy-secreta',
    ]) {
      expect(describeError(new Error(`mal: ${echoed}.`)).message).toMatch(/^mal: \*+=*\.$/);
    }
  });
});
