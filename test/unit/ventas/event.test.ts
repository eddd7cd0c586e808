import { describe, expect, it } from '@jest/globals';
import { addDias } from '../../../lambdas/core/time/dia.ts';
import { parseEvent, parseQuestion, parseRequest, toAskedRun } from '../../../lambdas/ventas-klk/event.ts';
import { tiendaKlk } from '../../fixtures/klk/tienda.ts';

const HOY = '2026-11-24';
const UNO = tiendaKlk('UNO');
const DOS = tiendaKlk('DOS');
const CERRADA = tiendaKlk('CERRADA', { activa: false });
const CEDI = tiendaKlk('CEDI', { tipo: 'cedi' });
const CATALOGO = [UNO, CERRADA, CEDI, DOS];
const VALIDAS = 'Tiendas válidas: tienda_uno (UNO), tienda_dos (DOS)';

const scheduled = {
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  time: '2026-10-08T16:53:06Z',
};

/** The message with which an event is refused. */
function refusalOf(event: unknown, catalogo = CATALOGO): string {
  try {
    return `accepted: ${JSON.stringify(parseEvent(event, catalogo, HOY))}`;
  } catch (error) {
    expect(error).toMatchObject({ name: 'SolicitudInvalida' });
    return Error.isError(error) ? error.message : '';
  }
}

describe('a scheduled event', () => {
  it('asks for what is due in every active store that sells', () => {
    expect(parseEvent(scheduled, CATALOGO, HOY)).toEqual({
      origen: 'programada',
      dryRun: false,
      forzar: false,
      tiendas: [UNO, DOS],
    });
  });

  it('is refused when no store sells', () => {
    expect(refusalOf(scheduled, [CERRADA, CEDI])).toContain('el catálogo no tiene ninguna tienda activa');
  });
});

describe('an event by hand', () => {
  it('asks for what is due in every active store that sells when it says nothing', () => {
    expect(parseEvent({}, CATALOGO, HOY)).toEqual({
      origen: 'manual',
      dryRun: false,
      forzar: false,
      tiendas: [UNO, DOS],
    });
  });

  it('asks for the stores and days that it names', () => {
    const event = { tiendas: ['tienda_dos'], desde: '2026-11-14', hasta: '2026-11-20', forzar: true };

    expect(parseEvent(event, CATALOGO, HOY)).toEqual({
      origen: 'manual',
      dryRun: false,
      forzar: true,
      tiendas: [DOS],
      desde: '2026-11-14',
      hasta: '2026-11-20',
    });
  });

  it('asks for the days up to today when it does not say where they end', () => {
    expect(parseEvent({ desde: '2026-11-20' }, CATALOGO, HOY)).toMatchObject({ hasta: HOY });
    expect(parseEvent({ desde: HOY }, CATALOGO, HOY)).toMatchObject({ desde: HOY, hasta: HOY });
  });

  it('may ask for 400 days, and not for more', () => {
    expect(parseEvent({ desde: addDias(HOY, -399) }, CATALOGO, HOY)).toMatchObject({ hasta: HOY });
    expect(refusalOf({ desde: addDias(HOY, -400) })).toContain('desde: quedan más de 400 días hasta "hasta"');
    expect(refusalOf({ desde: '2024-01-01', hasta: '2025-02-04' })).toContain('más de 400 días');
    expect(refusalOf({ desde: '2024-01-01', hasta: '2025-02-03' })).toMatch(/^accepted/);
  });

  it.each([
    [{ desde: 'ayer' }, 'desde: debe ser un día del calendario, AAAA-MM-DD'],
    [{ desde: '24/11/2026' }, 'desde: debe ser un día del calendario'],
    [{ desde: '2026-02-30' }, 'desde: debe ser un día del calendario'],
    [{ desde: '' }, 'desde: debe ser un día del calendario'],
    [{ desde: 20_261_124 }, 'desde: Entrada inválida: se esperaba texto, recibido número'],
    [{ desde: null }, 'desde: '],
    [{ desde: '2026-11-20', hasta: '2026-11-31' }, 'hasta: debe ser un día del calendario'],
    [{ desde: '2026-11-25' }, `desde: está en el futuro (hoy es ${HOY})`],
    [{ desde: HOY, hasta: '2026-11-25' }, 'hasta: está en el futuro'],
    [{ desde: '2026-11-20', hasta: '2026-11-19' }, 'hasta: es anterior a "desde"'],
    [{ hasta: '2026-11-20' }, 'hasta: exige también "desde"'],
    [{ forzar: true, desde: HOY }, 'forzar: exige nombrar las tiendas'],
    [{ forzar: true, tiendas: ['tienda_uno'] }, 'forzar: exige nombrar los días'],
    [{ forzar: true, tiendas: ['tienda_uno'], desde: HOY }, 'forzar: exige nombrar los días'],
    [
      { forzar: true, tiendas: ['tienda_uno'], desde: '2026-11-13', hasta: '2026-11-20' },
      'forzar: admite 7 días a lo sumo',
    ],
    [{ dia: HOY }, 'Llave desconocida: "dia"'],
    [{ tiendas: ['tienda_cedi'] }, 'tienda_cedi (CEDI) no vende'],
    [{ tiendas: ['tienda_cerrada'] }, 'tienda_cerrada (CERRADA) está inactiva'],
    [{ tiendas: ['tienda_99'] }, 'no existe "tienda_99"'],
    [{ tiendas: [] }, 'tiendas: la lista está vacía'],
    [null, 'se esperaba objeto, recibido nulo'],
  ])('is refused whole, saying what is wrong: %j', (event, problema) => {
    const message = refusalOf(event);

    expect(message).toMatch(/^Solicitud inválida, no se tocó nada: /);
    expect(message).toContain(problema);
    expect(message.endsWith(VALIDAS)).toBe(true);
  });

  it.each([
    [{ forzar: true }, ['las tiendas', 'los días']],
    [{ hasta: HOY, dryRun: 'no', dia: 1 }, ['hasta: exige', 'dryRun: ', '"dia"']],
    [{ desde: '2026-11-25', hasta: '2026-11-20' }, ['desde: está en el futuro', 'hasta: es anterior']],
    [{ desde: '2020-01-01', hasta: '2027-01-01' }, ['hasta: está en el futuro', 'más de 400 días']],
  ])('is refused with every problem in one message: %j', (event, problemas) => {
    for (const problema of problemas) expect(refusalOf(event)).toContain(problema);
  });

  it.each([
    [{ desde: 'ayer', forzar: true, tiendas: ['tienda_uno'] }, 'forzar'],
    [{ desde: '2026-11-25' }, 'anterior'],
    [{ desde: 'ayer', hasta: 'hoy' }, 'anterior'],
  ])('is not blamed for what follows from another problem: %j', (event, problema) => {
    expect(refusalOf(event)).not.toContain(problema);
  });
});

describe('a request by flags', () => {
  it('is checked like an event by hand', () => {
    const flags = { dryRun: true, forzar: false, tiendas: undefined, desde: '2026-11-23', hasta: undefined };

    expect(parseRequest(flags, CATALOGO, HOY)).toEqual({
      dryRun: true,
      forzar: false,
      tiendas: [UNO, DOS],
      desde: '2026-11-23',
      hasta: HOY,
    });
  });
});

describe('a request that is made again', () => {
  it('names the days, and the stores when they are not all, or are forced', () => {
    const asked = (request: unknown): unknown => toAskedRun(parseRequest(request, CATALOGO, HOY), CATALOGO);

    expect(asked({})).toEqual({ flujo: 'ventas', dryRun: false, forzar: false, tiendas: [] });
    expect(asked({ tiendas: ['tienda_uno'], desde: HOY })).toMatchObject({
      tiendas: ['tienda_uno'],
      desde: HOY,
      hasta: HOY,
    });
    expect(asked({ tiendas: ['tienda_uno', 'tienda_dos'] })).toMatchObject({ tiendas: [] });
    expect(
      asked({ tiendas: ['tienda_uno', 'tienda_dos'], forzar: true, desde: HOY, hasta: HOY }),
    ).toMatchObject({
      tiendas: ['tienda_uno', 'tienda_dos'],
      forzar: true,
    });
  });
});

describe('a question', () => {
  it('is how the sales stand', () => {
    expect(parseQuestion({ accion: 'estado' }, CATALOGO)).toBe('estado');
    expect(parseQuestion({}, CATALOGO)).toBeUndefined();
  });

  it.each([
    [{ accion: 'diagnostico' }, 'accion: debe ser estado'],
    [{ accion: 'estado', desde: HOY }, 'Llave desconocida: "desde"'],
  ])('is refused when it is another, or not alone: %j', (event, problema) => {
    expect(() => parseQuestion(event, CATALOGO)).toThrow(
      expect.objectContaining({ name: 'SolicitudInvalida', message: expect.stringContaining(problema) }),
    );
  });
});
