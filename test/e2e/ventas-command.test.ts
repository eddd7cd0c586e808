import { beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { addDias, diaAt } from '../../lambdas/core/time/dia.ts';
import { readAllVersions } from '../support/inventory.ts';
import { ACTIVAS, CATALOGO, useWorld } from '../support/world.ts';

const world = await useWorld();

/** KLK's clock stands still, so that no line arrives between two commands. */
const AHORA = new Date();
world.klk.setAhora(() => AHORA);

const HOY = diaAt(AHORA);
const AYER = addDias(HOY, -1);
/** The first day of a month that is over. */
const VIEJO = `${addDias(`${AYER.slice(0, 7)}-01`, -45).slice(0, 7)}-01`;

const PERIFERICO = 'tienda_01';
const SUCURSAL = CATALOGO.find(({ id }) => id === PERIFERICO)?.sucursalKlk ?? '';
const YESTERDAY = ['--tiendas', PERIFERICO, '--desde', AYER, '--hasta', AYER];

const Resumen = z.object({
  estado: z.string(),
  totales: z.object({ nuevas: z.number(), tramos: z.object({ cargados: z.number(), iguales: z.number() }) }),
});

const Ejecucion = z.object({ ejecucionId: z.string() });

describe('npm run ventas', () => {
  it('It loads the last days of every store that sells, a second time finds nothing new, and each time shows a table', async () => {
    const { status, stdout } = await world.ventas([]);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringContaining('Ventas: ejecución exitosa en '),
    });
    for (const { id, nombre } of ACTIVAS)
      expect(stdout).toMatch(new RegExp(`^${id} ${nombre} +cargada +\\d+ `, 'm'));
    const truth = ACTIVAS.flatMap(({ sucursalKlk }) => world.klk.ventas(sucursalKlk, AYER)).length;
    const [held] = await world.database.query(
      'SELECT count(*)::integer AS lineas FROM ventas WHERE dia = $1::date',
      [AYER],
    );
    expect(held).toEqual({ lineas: truth });

    const { status: again, stdout: json } = await world.ventas(['--json']);
    expect(again).toBe(0);
    expect(json.trimEnd()).not.toContain('\n');
    expect(Resumen.parse(JSON.parse(json)).totales).toMatchObject({ nuevas: 0, tramos: { cargados: 0 } });
  });

  it('With days it reads those days again, of the stores named', async () => {
    const { status, stdout } = await world.ventas([...YESTERDAY, '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      desde: AYER,
      hasta: AYER,
      origen: 'cli',
      tiendas: [{ id: PERIFERICO, dias: 1, estado: 'cargada' }],
    });
  });

  it('A dry run needs no database, and writes nothing where there is one', async () => {
    const before = await readAllVersions(world.database);
    for (const variables of [world.klkEnv, world.env]) {
      const { status, stdout } = await world.ventas(['--dry-run', ...YESTERDAY], variables);
      expect(status).toBe(0);
      expect(stdout).toContain('Ventas: ejecución simulada en ');
      expect(stdout).toContain('Sin evaluar en una simulación');
    }
    expect(await readAllVersions(world.database)).toEqual(before);
  });

  it('When KLK fails it exits 1, keeps the lines of the database, and names slice, code and command', async () => {
    const count = (): Promise<unknown> => world.database.query('SELECT count(*) FROM ventas');
    const before = await count();
    world.klk.setFault(SUCURSAL, 'incompleta');
    const { status, stdout, stderr } = await world.ventas(YESTERDAY);
    world.klk.setFault(SUCURSAL, undefined);

    expect(status).toBe(1);
    expect(stdout).toMatch(/^tienda_01 PERIFERICO +fallida /m);
    expect(stderr).toMatch(
      new RegExp(`- tienda_01 PERIFERICO: ${AYER} \\d\\d:\\d\\d-\\d\\d:\\d\\d KLK_INCOMPLETA`),
    );
    expect(stderr).toContain(`npm run ventas -- ${YESTERDAY.join(' ')}`);
    expect(await count()).toEqual(before);
    await world.ventas(YESTERDAY);
  });

  it.each([
    [['--desde', 'ayer'], 'desde: debe ser un día del calendario, AAAA-MM-DD'],
    [['--desde', '2026-02-30'], 'desde: debe ser un día del calendario'],
    [['--desde', '2099-01-01'], 'desde: está en el futuro'],
    [['--desde', AYER, '--hasta', addDias(AYER, -1)], 'hasta: es anterior a "desde"'],
    [['--hasta', AYER], 'hasta: exige también "desde"'],
    [['--desde', addDias(HOY, -500)], 'quedan más de 400 días'],
    [['--forzar'], 'forzar: exige nombrar'],
    [['--tiendas', 'tienda_99'], 'no existe "tienda_99"'],
    [['--tiendas', 'tienda_02'], 'está inactiva'],
    [['--solo-fallidas'], 'opción desconocida: --solo-fallidas'],
    [['cobertua'], 'comando desconocido: cobertua; ¿quiso decir cobertura?'],
    [['cobertura', '--mes', '2026-13'], '--mes 2026-13: no es un mes; escriba AAAA-MM'],
    [['cuadrar'], 'falta el día: cuadrar --dia AAAA-MM-DD'],
    [['cuadrar', '--dia', '2099-01-01'], '--dia 2099-01-01: está en el futuro'],
    [
      ['cuadrar', '--dia', AYER, '--tiendas', 'tienda_1'],
      'no existe la tienda tienda_1; ¿quiso decir tienda_01?',
    ],
    [['sondeo'], 'falta la tienda: sondeo --tienda ID'],
  ])('It refuses %j with exit 2, in one line, and touches nothing', async (args, part) => {
    const requests = world.klk.requests.length;
    const { status, stdout, stderr } = await world.ventas(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(part);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(world.klk.requests).toHaveLength(requests);
  });

  it('Flags without -- before them are refused, and nothing is loaded', async () => {
    const { status, stderr } = await world.ventas([], { ...world.env, npm_config_desde: AYER });
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'npm se quedó con --desde: escriba npm run ventas -- --desde ...\n',
    });
  });
});

describe('cobertura', () => {
  beforeAll(async () => {
    await world.ventas([]);
  });

  it('It shows a calendar of 80 columns without colours, a sign for each day', async () => {
    const { status, stdout } = await world.ventas(['cobertura', '--mes', AYER.slice(0, 7)]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^tienda_01 PERIFERICO +[■□ ]+ +\d+ de \d+$/m);
    expect(stdout).toContain('■ completo   □ provisional');
    expect(stdout).not.toContain('\u001b');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('It names what failed and what was never read, with commands that repair them', async () => {
    await world.database.query(
      `UPDATE ventas_tramos SET estado = 'fallido', error_codigo = 'KLK_OTRO_TRAMO', error_mensaje = 'otras horas', error_momento = now()
        WHERE ubicacion_id = 'tienda_01' AND dia = $1::date AND desde = (SELECT max(desde) FROM ventas_tramos WHERE ubicacion_id = 'tienda_01' AND dia = $1::date)`,
      [AYER],
    );
    await world.database.query(`DELETE FROM ventas WHERE ubicacion_id = 'tienda_08' AND dia = $1::date`, [
      AYER,
    ]);
    await world.database.query(
      `DELETE FROM ventas_tramos WHERE ubicacion_id = 'tienda_08' AND dia = $1::date`,
      [AYER],
    );
    const { stdout } = await world.ventas(['cobertura', '--mes', AYER.slice(0, 7)]);
    expect(stdout).toMatch(new RegExp(`^- ${AYER} 00:00-24:00: sin leer entero, tienda_08$`, 'm'));
    expect(stdout).toMatch(
      new RegExp(
        `^✗ ${AYER} \\d\\d:\\d\\d-24:00: KLK_OTRO_TRAMO, tienda_01 \\(1 tramo\\)\\n  otras horas$`,
        'm',
      ),
    );
    expect(stdout).toContain('npm run ventas -- sondeo --tienda tienda_01');
    const { stdout: json } = await world.ventas(['cobertura', '--mes', AYER.slice(0, 7), '--json']);
    expect(JSON.parse(json)).toMatchObject({
      mes: AYER.slice(0, 7),
      faltan: expect.arrayContaining([
        expect.objectContaining({ tiendas: ['tienda_08'], desde: AYER, codigo: null }),
        expect.objectContaining({ tiendas: ['tienda_01'], codigo: 'KLK_OTRO_TRAMO' }),
      ]),
    });

    for (const store of ['tienda_01', 'tienda_08']) {
      const repair = `--tiendas ${store} --desde ${AYER} --hasta ${AYER}`;
      expect(stdout).toContain(`npm run ventas -- ${repair}`);
      expect(await world.ventas(repair.split(' '))).toMatchObject({ status: 0 });
    }
    const { stdout: after } = await world.ventas(['cobertura', '--mes', AYER.slice(0, 7)]);
    expect(after).not.toMatch(/^[-✗] /m);
  });

  it('It names a slice of a day that is over which was last read before it ended', async () => {
    await world.database.query(
      `UPDATE ventas_tramos SET leido = (dia + hasta) AT TIME ZONE 'America/Caracas' - interval '1 minute'
        WHERE ubicacion_id = 'tienda_01' AND dia = $1::date AND hasta = '24:00'`,
      [AYER],
    );
    const { stdout } = await world.ventas(['cobertura', '--mes', AYER.slice(0, 7)]);
    expect(stdout).toMatch(new RegExp(`^- ${AYER} \\d\\d:\\d\\d-24:00: sin leer entero, tienda_01$`, 'm'));
    await world.ventas(['--tiendas', 'tienda_01', '--desde', AYER, '--hasta', AYER]);
  });

  it('It names a closed slice that could not be read again, and so does historial', async () => {
    await world.database.query(
      `UPDATE ventas_tramos SET estado = 'cerrado', cerrado = leido WHERE ubicacion_id = 'tienda_01' AND dia = $1::date`,
      [AYER],
    );
    world.klk.setFault(SUCURSAL, 'incompleta');
    const { stdout: run } = await world.ventas([...YESTERDAY, '--json']);
    world.klk.setFault(SUCURSAL, undefined);
    expect(
      await world.database.query(
        `SELECT DISTINCT estado FROM ventas_tramos WHERE ubicacion_id = 'tienda_01' AND dia = $1::date AND error_codigo IS NOT NULL`,
        [AYER],
      ),
    ).toEqual([{ estado: 'cerrado' }]);

    const { stdout } = await world.ventas(['cobertura', '--mes', AYER.slice(0, 7)]);
    expect(stdout).toMatch(new RegExp(`^✗ ${AYER} .*: KLK_INCOMPLETA, tienda_01 `, 'm'));
    const { stdout: whole } = await world.ventas(['historial', Ejecucion.parse(JSON.parse(run)).ejecucionId]);
    expect(whole).toMatch(
      new RegExp(`^  ✗ sigue fallido: ${AYER} \\d\\d:\\d\\d-\\d\\d:\\d\\d KLK_INCOMPLETA$`, 'm'),
    );
    await world.ventas(YESTERDAY);
    await world.database.query(
      `UPDATE ventas_tramos SET estado = 'provisional', cerrado = NULL WHERE ubicacion_id = 'tienda_01' AND dia = $1::date`,
      [AYER],
    );
  });

  it('It names the days between one that was read by hand and the others', async () => {
    await world.ventas(['--tiendas', 'tienda_01', '--desde', VIEJO, '--hasta', VIEJO]);
    const { stdout } = await world.ventas(['cobertura', '--mes', VIEJO.slice(0, 7)]);
    expect(stdout).toMatch(
      new RegExp(`^- ${VIEJO.slice(0, 7)}-02 a [-\\d]+: sin leer entero, tienda_01$`, 'm'),
    );
  });
});

describe('cuadrar', () => {
  const cuadrar = (...args: readonly string[]): ReturnType<typeof world.ventas> =>
    world.ventas(['cuadrar', '--dia', AYER, '--tiendas', PERIFERICO, ...args]);

  beforeAll(async () => {
    await world.ventas(YESTERDAY);
  });

  it('It finds no difference after a load, writes nothing, and exits 0', async () => {
    const before = await readAllVersions(world.database);
    const { status, stdout } = await cuadrar();
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringContaining('Cuadra: no hay ninguna diferencia\n'),
    });
    expect(await readAllVersions(world.database)).toEqual(before);
  });

  it('It exits 1 and names each line that is missing, extra or different, with the columns that differ', async () => {
    const [missing, different, extra] = await world.database.query(
      `SELECT numero_factura AS factura, linea FROM ventas WHERE ubicacion_id = 'tienda_01' AND dia = $1::date ORDER BY numero_factura, linea LIMIT 3`,
      [AYER],
    );
    await world.database.query(
      `DELETE FROM ventas WHERE ubicacion_id = 'tienda_01' AND dia = $1::date AND numero_factura = $2 AND linea = $3`,
      [AYER, missing?.['factura'], missing?.['linea']],
    );
    await world.database.query(
      `UPDATE ventas SET precio_unitario = 7.77 WHERE ubicacion_id = 'tienda_01' AND dia = $1::date AND numero_factura = $2 AND linea = $3`,
      [AYER, different?.['factura'], different?.['linea']],
    );
    await world.database.query(
      `INSERT INTO ventas (fecha_venta, dia, linea, ubicacion_id, producto_id, numero_factura, cantidad_vendida, venta_total)
       SELECT fecha_venta, dia, 999, ubicacion_id, producto_id, numero_factura, 1, 1 FROM ventas
        WHERE ubicacion_id = 'tienda_01' AND dia = $1::date AND numero_factura = $2 AND linea = $3`,
      [AYER, extra?.['factura'], extra?.['linea']],
    );
    const { status, stdout } = await cuadrar('--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      cuadra: false,
      tiendas: [
        {
          faltan: [missing],
          sobran: [{ factura: extra?.['factura'], linea: 999 }],
          distintas: [{ ...different, diferencias: [{ columna: 'precio_unitario', base: '7.77' }] }],
        },
      ],
    });
    const { stdout: text } = await cuadrar();
    expect(text).toContain('precio_unitario');
    expect(text).toContain(`npm run ventas -- ${YESTERDAY.join(' ')}`);
    expect(text).not.toContain('Cuadra');

    expect(await world.ventas(YESTERDAY)).toMatchObject({ status: 0 });
    expect(await cuadrar()).toMatchObject({ status: 0 });
  });

  it('It asks for what nobody has read in slices of a few hours, as a run does', async () => {
    for (const table of ['ventas', 'ventas_tramos'])
      await world.database.query(`DELETE FROM ${table} WHERE ubicacion_id = 'tienda_01' AND dia = $1::date`, [
        AYER,
      ]);
    await world.database.query(
      `INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta) VALUES ('tienda_01', $1::date, '00:00', '24:00')`,
      [AYER],
    );
    const before = world.klk.requests.length;
    const { status, stdout } = await cuadrar('--json');

    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ tiendas: [{ sinComparar: [], base: { lineas: 0 } }] });
    expect(world.klk.requests.length - before).toBeGreaterThan(1);
    await world.ventas(YESTERDAY);
    expect(await cuadrar()).toMatchObject({ status: 0 });
  });

  it('It never counts a failing KLK as no sales', async () => {
    world.klk.setFault(SUCURSAL, 'incompleta');
    const { status, stdout } = await cuadrar('--json');
    world.klk.setFault(SUCURSAL, undefined);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      cuadra: false,
      tiendas: [
        {
          faltan: [],
          sobran: [],
          distintas: [],
          sinComparar: expect.arrayContaining([expect.objectContaining({ codigo: 'KLK_INCOMPLETA' })]),
        },
      ],
    });
  });
});

describe('rechazos', () => {
  const rechazos = async (): Promise<unknown> =>
    JSON.parse((await world.ventas(['rechazos', '--tienda', PERIFERICO, '--json'])).stdout);

  it('It shows the lines of an answer that was refused because of them, until one is accepted', async () => {
    world.klk.setFault(SUCURSAL, 'lineas-malas');
    const { status, stderr } = await world.ventas(YESTERDAY);
    world.klk.setFault(SUCURSAL, undefined);
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('FILAS_MALAS') });

    expect(await rechazos()).toMatchObject([
      {
        flujo: 'ventas',
        filas: expect.arrayContaining([expect.objectContaining({ motivo: 'CANTIDAD_ILEGIBLE' })]),
      },
    ]);
    await world.ventas(YESTERDAY);
    expect(await rechazos()).toEqual([]);
  });
});

describe('sondeo', () => {
  /** The newest day which, like the day before, has sales in the half hour that the question over two days asks for. */
  const DIA = (() => {
    const sells = (dia: string): boolean =>
      world.klk.ventas(SUCURSAL, dia).some(({ hora }) => hora >= '12:00' && hora < '12:30');
    let dia = AYER;
    while (!sells(dia) || !sells(addDias(dia, -1))) dia = addDias(dia, -1);
    return dia;
  })();

  it('It reports what the answers of KLK imply, asks one question at a time, and writes nothing', async () => {
    await world.ventas(['--tiendas', PERIFERICO, '--desde', DIA, '--hasta', DIA]);
    const before = await readAllVersions(world.database);
    const { status, stdout } = await world.ventas(['sondeo', '--tienda', PERIFERICO, '--dia', DIA]);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringContaining('✓ Horas de cada día o de un intervalo: filtran cada día'),
    });
    expect(stdout).toMatch(
      new RegExp(`^Sondeo de las ventas de ${PERIFERICO} en KLK, día ${DIA}: \\d+ preguntas`),
    );
    for (const tema of [
      'Último segundo',
      'Líneas repetidas',
      'Hasta dónde llega la historia',
      'Tamaños y tiempos',
    ])
      expect(stdout).toContain(`✓ ${tema}: `);
    expect(stdout).toMatch(/Líneas que llegan o se van después: ninguna desde que la base leyó esa hora/);
    expect(
      Math.max(
        ...stdout
          .split('\n')
          .slice(1)
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(80);
    expect(await readAllVersions(world.database)).toEqual(before);
  });

  it('It works before there is a database', async () => {
    const { status, stdout } = await world.ventas(['sondeo', '--tienda', PERIFERICO, '--json'], world.klkEnv);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      tienda: PERIFERICO,
      hallazgos: expect.arrayContaining([
        expect.objectContaining({ tema: 'Líneas que llegan o se van después', conclusion: 'sin saber' }),
      ]),
    });
  });

  it('It exits 1 when KLK answers otherwise than the program assumes, or not at all', async () => {
    world.klk.setFault(SUCURSAL, 'horas-ignoradas');
    const { status, stdout } = await world.ventas(['sondeo', '--tienda', PERIFERICO, '--dia', AYER]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^! Horas pedidas: \d+ líneas son de otras horas/m);
    world.klk.setFault(SUCURSAL, '500');
    expect(await world.ventas(['sondeo', '--tienda', PERIFERICO, '--dia', AYER])).toMatchObject({
      status: 1,
    });
    world.klk.setFault(SUCURSAL, undefined);
  });
});
