import { Writable } from 'node:stream';
import { MENSAJES_EJECUCION } from '../../../lambdas/core/run/log.ts';
import { MENSAJES_ALMACEN } from '../../../lambdas/inventario-klk/log.ts';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { startLiveList } from '../../../bin/output/live-list.ts';
import { BOSQUE, PERIFERICO } from '../../support/snapshots.ts';

/** A terminal that remembers what was written to it since the last look, without the control sequences. */
function createTerminal(): { readonly stream: Writable; readonly look: () => string } {
  let written = '';
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      written += String(chunk);
      done();
    },
  });
  return {
    stream: Object.assign(stream, { isTTY: true, columns: 120, rows: 40 }),
    look: () => {
      const text = stripVTControlCharacters(written);
      written = '';
      return text;
    },
  };
}

const TIENDA = { level: 'INFO', tienda: PERIFERICO.id, almacen: 'APP-TPF' };

describe('the live list', () => {
  it('shows for each warehouse whether it waits or is asked, for how long and with what result, and is erased at the end', () => {
    const { stream, look } = createTerminal();
    const list = startLiveList([PERIFERICO, BOSQUE], stream);
    expect(look()).toMatch(
      /PERIFERICO APP-TPF +en espera\n[^]*PERIFERICO APP-PPF +en espera\n[^]*BOSQUE APP-TBQ +en espera\n0 de 3, \d+ s/,
    );

    list.show({ ...TIENDA, message: MENSAJES_ALMACEN.preguntando });
    expect(look()).toMatch(/APP-TPF +preguntando +\d+ s\n[^]*APP-PPF +en espera\n/);

    list.show({ ...TIENDA, message: MENSAJES_ALMACEN.extraido, extraidos: 3_860, ms: 1 });
    expect(look()).toMatch(/APP-TPF +transformando +\d+ s +3860 extraídos\n/);
    list.show({ ...TIENDA, message: MENSAJES_ALMACEN.transformado, validos: 3_859, rechazados: 1 });
    expect(look()).toMatch(/APP-TPF +cargando +\d+ s +3859 válidos, 1 rechazo\n/);
    list.show({ ...TIENDA, message: MENSAJES_ALMACEN.cargado, inventario: 3_860, historico: 3_859 });
    expect(look()).toMatch(
      /✓ tienda_01 PERIFERICO APP-TPF +cargado +\d+ s +3860 en inventario\n[^]*\n1 de 3, /,
    );
    list.show({ ...TIENDA, level: 'ERROR', message: MENSAJES_ALMACEN.fallido, codigo: 'KLK_VACIA' });
    expect(look()).toMatch(/✗ tienda_01 PERIFERICO APP-TPF +fallido +\d+ s +KLK_VACIA\n/);

    list.end();
    expect(look().trim()).toBe('');
  });

  it('shows a warehouse of a dry run as done after its check', () => {
    const { stream, look } = createTerminal();
    const list = startLiveList([PERIFERICO], stream);
    list.show({ ...TIENDA, message: MENSAJES_ALMACEN.transformado, validos: 3_860, rechazados: 0 });
    list.show({ ...TIENDA, message: MENSAJES_ALMACEN.validado });
    expect(look()).toMatch(/✓ tienda_01 PERIFERICO APP-TPF +simulado/);
    list.end();
  });

  it('prints warnings above itself, and no other line', () => {
    const { stream, look } = createTerminal();
    const list = startLiveList([BOSQUE], stream);
    list.show({ level: 'INFO', message: MENSAJES_EJECUCION.iniciada });
    list.show({
      ...TIENDA,
      level: 'WARN',
      message: MENSAJES_ALMACEN.reintento,
      codigo: 'KLK_CORTADA',
      intento: 1,
    });
    const text = look();
    expect(text).toContain('! tienda_01 APP-TPF  Reintento  intento=1 código=KLK_CORTADA\n');
    expect(text).not.toContain(MENSAJES_EJECUCION.iniciada);
    list.end();
  });
});
