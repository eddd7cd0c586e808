import { describe, expect, it } from '@jest/globals';
import { MENSAJES_ALMACEN } from '../../../lambdas/inventario-klk/log.ts';
import { describeLine, parseLogLine } from '../../../bin/output/log-line.ts';

const describeText = (line: object): string | undefined => {
  const parsed = parseLogLine(JSON.stringify({ level: 'INFO', message: 'Mensaje', ...line }));
  return parsed === undefined ? undefined : describeLine(parsed);
};

describe('a line of the log', () => {
  it.each([
    [{ origen: 'cli' }, '· Mensaje'],
    [
      { tienda: 'tienda_01', almacen: 'APP-TPF', fase: 'extraccion', extraidos: 3858, ms: 310 },
      '· tienda_01 APP-TPF  Mensaje  extraídos=3858 ms=310',
    ],
    [
      {
        level: 'WARN',
        tienda: 'tienda_01',
        almacen: 'A',
        intento: 1,
        codigo: 'KLK_CORTADA',
        motivo: 'cortó',
      },
      '! tienda_01 A  Mensaje  intento=1 código=KLK_CORTADA motivo=cortó',
    ],
    [{ level: 'ERROR', codigo: 'KLK_VACIA', error: { stack: 'x' } }, '✗ Mensaje  código=KLK_VACIA'],
    [{ producto: null, rechazados: 0 }, '· Mensaje  rechazos=0'],
  ])('is written for a person with place, message and figures: %j', (line, expected) => {
    expect(describeText(line)).toBe(expected);
  });

  it.each([MENSAJES_ALMACEN.reintento, MENSAJES_ALMACEN.fallido, MENSAJES_ALMACEN.omitido])(
    'has no reason when the end of the run repeats it with the remedy: %s',
    (message) => {
      expect(describeText({ message, codigo: 'KLK_VACIA', motivo: 'lista vacía' })).toBe(
        `· ${message}  código=KLK_VACIA`,
      );
    },
  );

  it.each(['', 'aviso de Node', '5', 'null', '[]', '{"no":"es del registro"}', '{"level":"INFO"}'])(
    'is not recognised in any other text: %j',
    (text) => {
      expect(parseLogLine(text)).toBeUndefined();
    },
  );
});
