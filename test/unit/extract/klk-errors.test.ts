import { describe, expect, it } from '@jest/globals';
import { isTransient } from '../../../lambdas/core/errors/errors.ts';
import { parseRetryAfter, toStatusError, toTransportError } from '../../../lambdas/core/klk/errors.ts';
import { klkLimits } from '../../fixtures/klk/limits.ts';

const NOW = Date.UTC(2026, 9, 21, 7, 28, 0);

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['7', 7_000],
    [' 120 ', 120_000],
    ['3600', 3_600_000],
    ['9'.repeat(400), Infinity],
    ['Wed, 21 Oct 2026 07:28:30 GMT', 30_000],
    ['Wed, 21 Oct 2026 08:28:00 GMT', 3_600_000],
    ['Wed, 21 Oct 2015 07:28:00 GMT', 0],
  ])('is read as seconds or a date: %j', (header, expected) => {
    expect(parseRetryAfter(header, NOW)).toBe(expected);
  });

  it.each([
    undefined,
    '',
    ' ',
    '-5',
    '1.5',
    '5 s',
    '1e3',
    '0x10',
    'mañana',
    'NaN',
    '2026-10-21',
    'Wed, 99 Foo 2026 07:28:00 GMT',
    ['7', '8'],
    [],
  ])('is ignored when it is %j', (header) => {
    expect(parseRetryAfter(header, NOW)).toBeUndefined();
  });
});

describe('an HTTP status', () => {
  it.each([
    [201, 'KLK_SOLICITUD_RECHAZADA', false],
    [204, 'KLK_SOLICITUD_RECHAZADA', false],
    [302, 'KLK_SOLICITUD_RECHAZADA', false],
    [400, 'KLK_SOLICITUD_RECHAZADA', false],
    [401, 'KLK_SOLICITUD_RECHAZADA', false],
    [403, 'KLK_SOLICITUD_RECHAZADA', false],
    [404, 'KLK_SOLICITUD_RECHAZADA', false],
    [429, 'KLK_SATURADA', true],
    [500, 'KLK_ERROR_SERVIDOR', true],
    [502, 'KLK_ERROR_SERVIDOR', true],
    [503, 'KLK_SATURADA', true],
    [504, 'KLK_ERROR_SERVIDOR', true],
  ])('of %i is %s', (status, codigo, transient) => {
    const error = toStatusError(status, undefined, 'cuerpo');

    expect(error).toMatchObject({ codigo, message: `KLK contestó HTTP ${status}: cuerpo` });
    expect(isTransient(error)).toBe(transient);
  });

  it('has the wait that KLK asks for', () => {
    expect(toStatusError(503, '7', '').retryAfterMs).toBe(7_000);
    expect(toStatusError(429, 'mañana', '').retryAfterMs).toBeUndefined();
    expect(toStatusError(500, '7', '').retryAfterMs).toBeUndefined();
  });
});

describe('a request without a whole answer', () => {
  const failure = (code: string, message = 'detalle'): Error => Object.assign(new Error(message), { code });
  const toError = (error: unknown): unknown => toTransportError(error, 'klk:7002', klkLimits());

  it.each([
    ['ECONNREFUSED', 'KLK_INACCESIBLE', 'No se pudo conectar a KLK'],
    ['ENOTFOUND', 'KLK_INACCESIBLE', 'No se pudo conectar a KLK'],
    ['UND_ERR_CONNECT_TIMEOUT', 'KLK_INACCESIBLE', 'No se pudo conectar a KLK'],
    ['UND_ERR_HEADERS_TIMEOUT', 'KLK_SIN_RESPUESTA', 'KLK no contesta a tiempo'],
    ['UND_ERR_BODY_TIMEOUT', 'KLK_SIN_RESPUESTA', 'KLK no contesta a tiempo'],
    ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'KLK_DEMASIADO_GRANDE', 'KLK contestó más bytes de los admitidos'],
    ['UND_ERR_SOCKET', 'KLK_CORTADA', 'KLK cortó la conexión'],
    ['ECONNRESET', 'KLK_CORTADA', 'KLK cortó la conexión'],
    ['', 'KLK_CORTADA', 'KLK cortó la conexión'],
  ])('that failed with %j is %s', (code, codigo, mensaje) => {
    const cause = failure(code);

    expect(toError(cause)).toMatchObject({ codigo, message: `${mensaje} (klk:7002): detalle`, cause });
  });

  it('that took too long is described with its limit', () => {
    expect(toError(new DOMException('', 'TimeoutError'))).toMatchObject({
      codigo: 'KLK_SIN_RESPUESTA',
      message: 'KLK (klk:7002) no terminó de contestar en 5000 ms',
    });
  });

  it('that failed without a message is described by its code', () => {
    const bothAddresses = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });

    expect(toError(bothAddresses)).toMatchObject({
      message: 'No se pudo conectar a KLK (klk:7002): ECONNREFUSED',
    });
  });
});
