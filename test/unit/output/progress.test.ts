import { Logger } from '@aws-lambda-powertools/logger';
import { MENSAJES_ALMACEN } from '../../../lambdas/inventario-klk/log.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { withProgress } from '../../../bin/output/progress.ts';
import { MENSAJE_RESUMEN } from '../../../lambdas/core/config/contract.ts';
import { tiendaKlk } from '../../fixtures/klk/tienda.ts';

let standardError = '';
let standardOutput = '';

beforeAll(() => {
  jest.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    standardError += String(chunk);
    return true;
  });
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    standardOutput += String(chunk);
    return true;
  });
});

beforeEach(() => {
  standardError = '';
  standardOutput = '';
});

afterAll(() => {
  jest.restoreAllMocks();
});

/** Runs something that logs as the pipeline does, with standard error in a file. */
const logWith = (asJson: boolean): Promise<string> =>
  withProgress([tiendaKlk('UNO')], asJson, new AbortController().signal, () => {
    const logger = new Logger({ serviceName: 'prueba', persistentKeys: { ejecucionId: 'e-1' } });
    const child = logger.createChild({ persistentKeys: { tienda: 'tienda_uno', almacen: 'UNO' } });
    child.info(MENSAJES_ALMACEN.extraido, { extraidos: 3858, ms: 310 });
    child.error(MENSAJES_ALMACEN.fallido, { codigo: 'KLK_VACIA', error: new Error('lista vacía') });
    logger.info(MENSAJE_RESUMEN, { estado: 'exitosa' });
    return Promise.resolve('hecho');
  });

describe('the log of a run', () => {
  it('is progress for a person, on standard error, without the summary, which is printed as a table', async () => {
    expect(await logWith(false)).toBe('hecho');
    expect(standardError).toBe(
      '· tienda_uno UNO  Inventario extraído  extraídos=3858 ms=310\n' +
        '✗ tienda_uno UNO  Almacén fallido  código=KLK_VACIA\n',
    );
    expect(standardOutput).toBe('');
  });

  it('is one JSON object on each line for a program, on standard error, the summary included', async () => {
    await logWith(true);

    const lines = standardError.trimEnd().split('\n');
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      {
        level: 'INFO',
        message: MENSAJES_ALMACEN.extraido,
        ejecucionId: 'e-1',
        almacen: 'UNO',
        extraidos: 3858,
      },
      { level: 'ERROR', message: MENSAJES_ALMACEN.fallido, codigo: 'KLK_VACIA' },
      { level: 'INFO', message: MENSAJE_RESUMEN, ejecucionId: 'e-1', estado: 'exitosa' },
    ]);
    expect(standardOutput).toBe('');
  });
});
