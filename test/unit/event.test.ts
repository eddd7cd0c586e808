import { describe, expect, it } from '@jest/globals';
import { parseEvent, parseQuestion, parseRequest } from '../../lambdas/inventario-klk/event.ts';
import { tiendaKlk } from '../fixtures/klk/tienda.ts';

const UNO = tiendaKlk('UNO');
const DOS = tiendaKlk('DOS');
const CERRADA = tiendaKlk('CERRADA', { activa: false });
const CATALOGO = [UNO, CERRADA, DOS];
const VALIDAS = 'Tiendas válidas: tienda_uno (UNO), tienda_dos (DOS)';

/** As EventBridge sends it. */
const scheduled = (cambios: Record<string, unknown> = {}): Record<string, unknown> => ({
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '111122223333',
  time: '2026-10-08T16:53:06Z',
  region: 'us-east-1',
  resources: ['arn:aws:events:us-east-1:111122223333:rule/inventario-klk'],
  detail: {},
  ...cambios,
});

/** The message with which an event is refused. */
function refusalOf(event: unknown, catalogo = CATALOGO): string {
  try {
    return `accepted: ${JSON.stringify(parseEvent(event, catalogo))}`;
  } catch (error) {
    expect(error).toMatchObject({ name: 'SolicitudInvalida' });
    return Error.isError(error) ? error.message : '';
  }
}

describe('a scheduled event', () => {
  it('asks for all active stores', () => {
    expect(parseEvent(scheduled(), CATALOGO)).toEqual({
      origen: 'programada',
      dryRun: false,
      forzar: false,
      tiendas: [UNO, DOS],
    });
  });

  it('is accepted although it is late or repeated', () => {
    expect(parseEvent(scheduled({ time: '2001-01-01T00:00:00Z' }), CATALOGO)).toEqual(
      parseEvent(scheduled(), CATALOGO),
    );
  });

  it.each([
    [{ source: 'aws.s3' }, 'source: '],
    [{ 'detail-type': 'EC2 Instance State-change Notification' }, 'detail-type: '],
    [{ time: undefined }, 'time: '],
    [{ id: 7 }, 'id: '],
  ])('is refused when it is another event: %j', (cambios, problema) => {
    expect(refusalOf(scheduled(cambios))).toContain(problema);
  });

  it('is refused when only a part of it is given', () => {
    expect(refusalOf({ source: 'aws.events', dryRun: true })).toContain('detail-type: ');
  });
});

describe('an event by hand', () => {
  it.each([{}, { dryRun: false }, { forzar: false }])('asks for all active stores: %j', (event) => {
    expect(parseEvent(event, CATALOGO)).toEqual({
      origen: 'manual',
      dryRun: false,
      forzar: false,
      tiendas: [UNO, DOS],
    });
  });

  it('asks for the stores it names, each once, in its order', () => {
    const event = { dryRun: true, forzar: true, tiendas: ['tienda_dos', 'tienda_uno', 'tienda_dos'] };

    expect(parseEvent(event, CATALOGO)).toEqual({
      origen: 'manual',
      dryRun: true,
      forzar: true,
      tiendas: [DOS, UNO],
    });
  });

  it.each([
    [null, 'se esperaba objeto, recibido nulo'],
    [undefined, 'se esperaba objeto, recibido indefinido'],
    [[], 'se esperaba objeto, recibido arreglo'],
    ['{}', 'se esperaba objeto, recibido texto'],
    [7, 'se esperaba objeto, recibido número'],
    [true, 'se esperaba objeto, recibido booleano'],
    [{ dryrun: true }, 'Llave desconocida: "dryrun"'],
    [{ dryRun: 'false' }, 'dryRun: Entrada inválida: se esperaba booleano, recibido texto'],
    [{ dryRun: 0 }, 'dryRun: '],
    [{ dryRun: null }, 'dryRun: '],
    [{ forzar: 'si', tiendas: ['tienda_uno'] }, 'forzar: '],
    [{ tiendas: [] }, 'tiendas: la lista está vacía'],
    [{ tiendas: 'tienda_uno' }, 'tiendas: '],
    [{ tiendas: null }, 'tiendas: '],
    [{ tiendas: [1] }, 'tiendas.0: '],
    [{ tiendas: ['tienda_99'] }, 'no existe "tienda_99"'],
    [{ tiendas: ['TIENDA_UNO'] }, 'no existe "TIENDA_UNO"'],
    [{ tiendas: ['tienda_uno '] }, 'no existe "tienda_uno "'],
    [{ tiendas: ['__proto__'] }, 'no existe "__proto__"'],
    [{ tiendas: ['tienda_cerrada'] }, 'tienda_cerrada (CERRADA) está inactiva'],
    [{ tiendas: ['tienda_uno', 'tienda_99'] }, 'no existe "tienda_99"'],
    [{ forzar: true }, 'forzar: exige nombrar las tiendas'],
    [{ accion: 'borrar' }, 'Llave desconocida: "accion"'],
  ])('is refused whole, with the reason: %j', (event, problema) => {
    const message = refusalOf(event);

    expect(message).toMatch(/^Solicitud inválida, no se tocó nada: /);
    expect(message).toContain(problema);
    expect(message.endsWith(VALIDAS)).toBe(true);
  });

  it.each([
    [
      { dryrun: true, dryRun: 'no', tiendas: ['tienda_99', 'tienda_cerrada', 5] },
      ['"dryrun"', 'dryRun: ', '"tienda_99"', 'tienda_cerrada (CERRADA)', 'tiendas.2: '],
    ],
    [{ forzar: true, dryrun: true }, ['forzar: exige', '"dryrun"']],
    [{ forzar: true, dryRun: 'no' }, ['forzar: exige', 'dryRun: ']],
  ])('is refused with every problem in one message: %j', (event, problemas) => {
    for (const problema of problemas) expect(refusalOf(event)).toContain(problema);
  });

  it('is refused without a word about forzar when only the list of stores is wrong', () => {
    for (const tiendas of [[], 'tienda_uno', ['tienda_99']]) {
      expect(refusalOf({ forzar: true, tiendas })).not.toContain('forzar');
    }
  });

  it.each([
    ['10,000 unknown stores', { tiendas: Array.from({ length: 10_000 }, (_, n) => `tienda_${n}`) }],
    ['10,000 numbers', { tiendas: Array.from({ length: 10_000 }, (_, n) => n) }],
    ['10,000 unknown keys', Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`k${n}`, 1]))],
    ['a name of a megabyte', { tiendas: ['x'.repeat(1_000_000)], ['y'.repeat(1_000_000)]: 1 }],
  ])('is refused in a message of limited length, without control characters: %s', (_what, event) => {
    expect(refusalOf(event).length).toBeLessThan(6_000);
  });

  it.each([21, 22])('is refused with %d problems by a message that says how many it leaves out', (count) => {
    const tiendas = Array.from({ length: count }, (_, index) => `otra_${index}`);
    expect(refusalOf({ tiendas })).toContain(`; … y ${count - 20} más. Tiendas válidas`);
  });
});

describe('a catalogue without an active store', () => {
  it.each([scheduled(), {}])('is an error: %j', (event) => {
    expect(refusalOf(event, [CERRADA])).toContain('el catálogo no tiene ninguna tienda activa');
  });
});

describe('a request by flags', () => {
  it('is checked like an event by hand', () => {
    expect(parseRequest({ dryRun: true, forzar: false, tiendas: ['tienda_dos'] }, CATALOGO)).toEqual({
      dryRun: true,
      forzar: false,
      tiendas: [DOS],
    });
    expect(() => parseRequest({ dryRun: false, forzar: true, tiendas: undefined }, CATALOGO)).toThrow(
      'forzar: exige',
    );
  });
});

describe('a question', () => {
  it.each(['diagnostico', 'estado'])('is read when the event has only its accion: %s', (accion) => {
    expect(parseQuestion({ accion }, CATALOGO)).toBe(accion);
  });

  it.each([{}, { dryRun: true }, scheduled(), null, [], 'accion', undefined])(
    'is not read when the event asks for a run, or for nothing: %j',
    (event) => {
      expect(parseQuestion(event, CATALOGO)).toBeUndefined();
    },
  );

  it.each([
    [{ accion: 'borrar' }, 'accion: debe ser diagnostico o estado'],
    [{ accion: null }, 'accion: debe ser diagnostico o estado'],
    [{ accion: 'estado', dryRun: true }, 'Llave desconocida: "dryRun"'],
    [{ accion: 'estado', tiendas: ['tienda_uno'] }, 'Llave desconocida: "tiendas"'],
    [scheduled({ accion: 'estado' }), 'Llaves desconocidas'],
  ])('is refused when its accion is unknown or the event has more keys: %j', (event, problema) => {
    expect(() => parseQuestion(event, CATALOGO)).toThrow(
      expect.objectContaining({ name: 'SolicitudInvalida', message: expect.stringContaining(problema) }),
    );
  });
});
