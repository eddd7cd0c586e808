import { readFile } from 'node:fs/promises';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Row } from '../support/database.ts';
import { clearTables, readAllVersions } from '../support/inventory.ts';
import { ARTICULOS, CATALOGO, useWorld } from '../support/world.ts';

const world = await useWorld();

beforeAll(async () => {
  world.klk.setFault('TTZ', 'vacia');
  world.klk.setFault('TANT', 'fila-mala');
  await world.etl([]);
});

/** What a question prints for a person, after the check that it could be answered. */
async function ask(...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await world.etl(args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  // JSON and CSV may be wider than a terminal, and a command stays on one line so that it can be pasted.
  if (!args.includes('--json') && !args.includes('--csv'))
    expect(
      stdout
        .split('\n')
        .filter(
          (line) => line.length > 80 && !line.includes('npm run') && !args.some((arg) => line.includes(arg)),
        ),
    ).toEqual([]);
  return stdout;
}

/** The same as data. */
const askJson = async (...args: readonly string[]): Promise<unknown> =>
  JSON.parse(await ask(...args, '--json'));

describe('After a run with a refused warehouse and a rejected row', () => {
  let before: Row;
  beforeAll(async () => {
    before = await readAllVersions(world.database);
  });
  afterEach(async () => {
    // No question writes anything.
    expect(await readAllVersions(world.database)).toEqual(before);
  });

  it('estado shows which store was not loaded and why', async () => {
    const table = await ask('estado');
    expect(table).toMatch(/Última ejecución [0-9a-f]{8} \(cli\), hace \d+ s: parcial: KLK_VACIA/);
    expect(table).toMatch(
      /^tienda_20 TAZAJAL +TTZ +nunca cargado .*\n +último intento 20.*: fallido, KLK_VACIA$/m,
    );
    expect(table).toMatch(new RegExp(`^tienda_01 PERIFERICO +APP-TPF +al día .* ${ARTICULOS} `, 'm'));
    expect(table).not.toContain('\u001b');
    expect(await askJson('estado')).toMatchObject({ almacenes: { length: 5 } });
  });

  it('historial shows the runs, those of one store, and one run with its remedy', async () => {
    expect(await askJson('historial')).toMatchObject([
      { estado: 'parcial', origen: 'cli', errores: ['KLK_VACIA'] },
    ]);
    expect(await askJson('historial', '--tienda', 'tienda_01')).toMatchObject([{ errores: [] }]);
    const table = await ask('historial', '--desde', '2000-01-01');
    const id = /^([0-9a-f]{8}) /m.exec(table)?.[1] ?? '';
    const whole = await ask('historial', id);
    expect(whole).toMatch(/^tienda_20 +TTZ +fallido .*\n.*\n +✗ KLK_VACIA \(extracción\): KLK contestó/m);
    expect(whole).toContain('npm run etl -- tiendas');
  });

  it('rechazos shows the rejected row, also as CSV', async () => {
    expect(await ask('rechazos')).toMatch(
      /^stock +"abc" .* 000001 +TANT .*\n +la existencia falta o no es un número \(EXISTENCIA_ILEGIBLE\);\s+tienda_17/m,
    );
    expect(await ask('rechazos', '--tienda', 'tienda_01')).toBe('Ninguna fila en cuarentena\n');
    expect(await askJson('rechazos', '--tienda', 'tienda_17')).toMatchObject([
      { almacen: 'TANT', rechazados: 1, filas: [{ producto: '000001', motivo: 'EXISTENCIA_ILEGIBLE' }] },
    ]);
    const csv = await ask('rechazos', '--csv');
    expect(csv.split('\n')[0]).toBe(
      'tienda,almacen,inicio,producto,motivo,fila,flujo,dia,desde,factura,linea',
    );
    expect(csv).toMatch(/^tienda_17,TANT,20.*,000001,EXISTENCIA_ILEGIBLE,"\{""NombreProducto""/m);
  });

  it('reporte writes a page with the failure, or prints its data', async () => {
    const file = await world.saveFile('reporte.html', '');
    expect(await ask('reporte', '--salida', file)).toBe(`Informe escrito en ${file}\n`);
    const page = await readFile(file, 'utf8');
    expect(page).toContain('<!doctype html>');
    expect(page).toContain('KLK_VACIA');
    expect(await askJson('reporte')).toMatchObject({ fallos: [{ codigo: 'KLK_VACIA', almacen: 'TTZ' }] });
  });
});

describe('diagnostico', () => {
  it('diagnostico exits 0 when every step is well', async () => {
    expect(await ask('diagnostico')).toContain('Todo en orden');
  });

  it('diagnostico exits 1 on a failed step, and says what to check', async () => {
    const { status, stdout } = await world.etl(['diagnostico'], { ...world.env, POSTGRES_PORT: '1' });
    expect(status).toBe(1);
    expect(stdout).toMatch(/✗ PostgreSQL: puerto \(TCP\): Revise que la base esté encendida/);
  });

  it('diagnostico answers although every variable is missing', async () => {
    const { status, stdout } = await world.etl(['diagnostico', '--json'], {});
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      bien: false,
      pasos: expect.arrayContaining([expect.objectContaining({ paso: 'configuracion', estado: 'falla' })]),
    });
  });
});

describe('tiendas', () => {
  const save = (text: string): Promise<string> => world.saveFile('tiendas.json', text);

  it('tiendas names a code that KLK does not know, and exits 1', async () => {
    const wrong = JSON.stringify({ tiendas: CATALOGO }).replace('"TTZ"', '"TTX"');
    const { status, stdout } = await world.etl(['tiendas'], {
      ...world.env,
      TIENDAS_ARCHIVO: await save(wrong),
    });
    expect(status).toBe(1);
    expect(stdout).toContain('✗ KLK no conoce TTX, de tienda_20; ¿será TTZ?');
    expect(stdout).toContain('en "almacenes" de tienda_20, cambie TTX por:\n    {\n      "codigo": "TTZ",');
    expect(stdout).not.toContain('pegue en tiendas.json');
    expect(stdout).toMatch(/No son piso de venta, y no se cargan: .*APP-MPF MERMA/);
  });

  it('tiendas needs no database, and prints an entry with which a missing store loads', async () => {
    world.klk.setFault('TTZ', undefined);
    const without = CATALOGO.filter(({ id }) => id !== 'tienda_20');
    const known = { ...world.klkEnv, TIENDAS_ARCHIVO: await save(JSON.stringify({ tiendas: without })) };
    const { status, stdout } = await world.etl(['tiendas'], known);
    expect(status).toBe(0);
    const entry = /\(con el id que le toque\):\n( +\{\n[^]*?\n {4}\})/.exec(stdout)?.[1] ?? '';
    expect(JSON.parse(entry)).toMatchObject({
      nombre: 'TAZAJAL',
      almacenes: [{ codigo: 'TTZ' }],
      activa: true,
    });

    const pasted = entry.replace(/tienda_\d+/, 'tienda_20');
    const tiendas = JSON.stringify({ tiendas: [...without, JSON.parse(pasted)] });
    const { status: loaded } = await world.etl(['--tiendas', 'tienda_20'], {
      ...world.env,
      TIENDAS_ARCHIVO: await save(tiendas),
    });
    expect(loaded).toBe(0);
    expect(await ask('estado')).toMatch(/tienda_20 TAZAJAL +TTZ +al día/);
  });
});

describe('In a database into which nothing was ever loaded', () => {
  beforeAll(() => clearTables(world.database));

  it('estado calls a store never loaded, not late', async () => {
    const table = await ask('estado');
    expect(table).toContain('Todavía no hubo ninguna ejecución\n');
    expect(table).toMatch(/^tienda_20 TAZAJAL +TTZ +nunca cargado +- /m);
    expect(table).toContain('5 de 5 almacenes: nunca cargados\n');
    expect(table).not.toMatch(/atrasado|sin cargar/);
  });

  it('estado and historial show a run that died at once as abandoned', async () => {
    await world.database.query(
      `INSERT INTO etl_ejecuciones (id, origen, inicio) VALUES (gen_random_uuid(), 'programada', now() - interval '40 days')`,
    );
    expect(await ask('estado')).toMatch(
      /Última ejecución [0-9a-f]{8} \(programada\), hace 40 d: abandonada\n/,
    );
    expect(await ask('historial')).toMatch(/ programada +abandonada +- /);
  });
});
