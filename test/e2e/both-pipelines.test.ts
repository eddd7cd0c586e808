import { readFile } from 'node:fs/promises';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { addDias, diaAt } from '../../lambdas/core/time/dia.ts';
import type { Row } from '../support/database.ts';
import { readAllVersions } from '../support/inventory.ts';
import { ACTIVAS, CATALOGO, useWorld } from '../support/world.ts';

const world = await useWorld();

/** KLK's clock stands still, so that no line arrives between two commands. */
const AHORA = new Date();
world.klk.setAhora(() => AHORA);
const AYER = addDias(diaAt(AHORA), -1);

const sucursalOf = (id: string): string => CATALOGO.find((tienda) => tienda.id === id)?.sucursalKlk ?? '';

let before: Row;

beforeAll(async () => {
  await world.etl([]);
  world.klk.setFault(sucursalOf('tienda_01'), 'cantidad-ilegible');
  world.klk.setFault(sucursalOf('tienda_08'), 'sin-eco');
  await world.ventas(['--desde', AYER, '--hasta', AYER]);
  before = await readAllVersions(world.database);
});

afterEach(async () => {
  // No question writes anything.
  expect(await readAllVersions(world.database)).toEqual(before);
});

const PROGRAMS = ['etl', 'ventas'] as const;

/** What a question prints for a person. */
async function ask(program: (typeof PROGRAMS)[number], ...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await world[program](args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  if (!args.includes('--json') && !args.includes('--csv'))
    expect(
      stdout.split('\n').filter((line) => line.length > 80 && !/npm run|Informe escrito/.test(line)),
    ).toEqual([]);
  return stdout;
}

const Historial = z.array(z.looseObject({ id: z.string(), flujo: z.string() }));

describe.each(PROGRAMS)('npm run %s -- answers for both pipelines', (program) => {
  it('estado shows the inventory and the sales of every store', async () => {
    const text = await ask(program, 'estado');
    expect(text).toMatch(/^tienda_01 PERIFERICO +APP-TPF +al día /m);
    expect(text).toMatch(/^Ventas: última ejecución [0-9a-f]{8} \(cli\), hace .*: parcial/m);
    expect(text).toMatch(/^tienda_08 BOSQUE +falta +- +0 +0 +2$/m);
    expect(JSON.parse(await ask(program, 'estado', '--json'))).toMatchObject({
      almacenes: { length: 5 },
      ventas: { tiendas: { length: ACTIVAS.length }, ultimaEjecucion: { estado: 'parcial' } },
    });
  });

  it('historial lists the runs of both, or of one, and shows a run of sales whole with what still fails and what to do', async () => {
    const text = await ask(program, 'historial');
    expect(text).toMatch(/^[0-9a-f]{8} .* ventas +cli +parcial .*4 de 5$/m);
    expect(text).toMatch(/^[0-9a-f]{8} .* inventario +cli +exitosa .*5 de 5$/m);
    const [run] = Historial.parse(JSON.parse(await ask(program, 'historial', '--flujo', 'ventas', '--json')));
    expect(run).toMatchObject({ flujo: 'ventas', ventas: { tramosFallidos: expect.any(Number) } });
    const whole = await ask(program, 'historial', run?.id ?? '');
    expect(whole).toMatch(/^tienda_08 +fallida /m);
    expect(whole).toMatch(
      new RegExp(`^  ✗ sigue fallido: ${AYER} \\d\\d:\\d\\d-\\d\\d:\\d\\d KLK_OTRO_TRAMO$`, 'm'),
    );
    expect(whole).toContain('npm run ventas -- sondeo --tienda tienda_08');
    const [other] = Historial.parse(
      JSON.parse(await ask(program, 'historial', '--flujo', 'inventario', '--json')),
    );
    expect(await ask(program, 'historial', other?.id ?? '')).toMatch(/^tienda_01 +APP-TPF +cargado /m);
  });

  it('rechazos shows the lines of sales in quarantine, also as CSV', async () => {
    expect(await ask(program, 'rechazos')).toMatch(
      /^cantidad_vendida +"abc" [^]*la cantidad falta o no es un número \(CANTIDAD_ILEGIBLE\);\s+tienda_01,/m,
    );
    expect(JSON.parse(await ask(program, 'rechazos', '--tienda', 'tienda_01', '--json'))).toMatchObject([
      { flujo: 'ventas', almacen: null, tienda: 'tienda_01', filas: expect.any(Array) },
    ]);
    expect(await ask(program, 'rechazos', '--tienda', 'tienda_17')).toBe('Ninguna fila en cuarentena\n');
    expect(await ask(program, 'rechazos', '--csv')).toMatch(
      new RegExp(`^tienda_01,,20.*,CANTIDAD_ILEGIBLE,".*",ventas,${AYER},\\d\\d:\\d\\d,`, 'm'),
    );
  });

  it('reporte shows both', async () => {
    const file = await world.saveFile(`reporte-${program}.html`, '');
    await ask(program, 'reporte', '--salida', file);
    const page = await readFile(file, 'utf8');
    for (const part of [
      'Estado de cada almacén',
      'Cobertura de las ventas por tienda',
      'Existencias contra ventas',
    ])
      expect(page).toContain(part);
    expect(page).toContain('npm run ventas -- --tiendas tienda_08 ');
  });

  it('diagnostico asks KLK for sales and checks both run locks', async () => {
    const text = await ask(program, 'diagnostico');
    for (const step of ['KLK: ventas', 'Turno del inventario', 'Turno de las ventas'])
      expect(text).toMatch(new RegExp(`^${step} +ok `, 'm'));
  });
});

describe('An unknown pipeline', () => {
  it('It is refused with the names of the pipelines', async () => {
    const { status, stderr } = await world.etl(['historial', '--flujo', 'venta']);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: '--flujo venta: no existe; ¿quiso decir ventas?\n',
    });
  });
});
