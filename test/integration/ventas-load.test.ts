import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CodigoError } from '../../lambdas/core/errors/codes.ts';
import { PipelineError } from '../../lambdas/core/errors/errors.ts';
import { BY_KEY, FACTURAS_AJENAS } from '../../lambdas/ventas-klk/load/find-facturas.ts';
import { markFallido } from '../../lambdas/ventas-klk/load/ledger.ts';
import type { TramoReading } from '../../lambdas/ventas-klk/load/reading.ts';
import { splitTramos } from '../../lambdas/ventas-klk/load/split-tramos.ts';
import { useDatabase } from '../support/database.ts';
import { withPipelineDatabase } from '../support/inventory.ts';
import { startPgProxy } from '../support/pg-proxy.ts';
import { ejecucion } from '../support/snapshots.ts';
import { testServer } from '../support/test-server.ts';
import {
  facturas,
  LATER,
  reading,
  linea,
  load,
  loadOnceFree,
  readLineas,
  readTramo,
  rechazo,
  resetTramos,
  TRAMO,
  when,
} from './ventas-loads.ts';
import { expectLedgerTrue } from '../support/ventas-scene.ts';

const proxy = await startPgProxy(testServer());
afterEach(() => {
  proxy.reset();
});
afterAll(() => proxy.close());
const database = await useDatabase();

beforeEach(() => resetTramos(database));

const throughProxy = { ...database.etl, port: proxy.port };

it('An invoice that another load removes while it moves to a new slice is inserted there', async () => {
  const moved = facturas(1).map((one) => ({ ...one, fecha_venta: '2026-11-24T09:30:00-04:00' }));
  await load(database, reading(facturas(3)));
  const other = await database.openSession();
  try {
    await other.query('BEGIN');
    await other.query(`DELETE FROM ventas WHERE numero_factura = $1`, [facturas(1)[0]?.numero_factura]);
    await other.query(
      `UPDATE ventas_tramos SET (lineas, facturas, venta_total, unidades) = (2, 2, 6, 4) WHERE dia = $1 AND desde = $2`,
      [TRAMO.dia, TRAMO.desde],
    );
    const loading = loadOnceFree(database, reading(moved, { tramo: LATER, extraccion: when('24 15:30') }));
    await expect(
      Promise.race([loading, new Promise((resolve) => setTimeout(resolve, 200, 'waits'))]),
    ).resolves.toBe('waits');
    await other.query('COMMIT');
    await loading;
  } finally {
    await other.end();
  }
  expect(await readLineas(database)).toHaveLength(3);
});

describe('the lines of a slice become those of the answer', () => {
  it('New lines are inserted, with the products that nobody knew, and the ledger adds them up', async () => {
    const kilos = linea('F-0002', 1, {
      producto_id: '000002',
      cantidad_vendida: '0.755',
      unidad_medida_venta: 'KG',
    });

    expect(await load(database, reading([linea('F-0001'), linea('F-0001', 2), kilos]))).toMatchObject({
      nuevas: 3,
      cambiadas: 0,
      retiradas: 0,
      ventaTotal: '9',
    });
    expect(await readLineas(database)).toEqual(['F-0001/1 2', 'F-0001/2 2', 'F-0002/1 0.755']);
    expect(await readTramo(database)).toMatchObject({
      estado: 'provisional',
      lineas: 3,
      facturas: 2,
      venta: '9',
      lecturas: 1,
      leido: when('24 15:00'),
      ultimo_cambio: when('24 15:00'),
    });
    expect(await database.query('SELECT id, nombre FROM productos ORDER BY id')).toEqual([
      { id: '000001', nombre: 'ARTICULO 000001' },
      { id: '000002', nombre: 'ARTICULO 000002' },
    ]);
  });

  it('A product that exists is left as it is', async () => {
    await database.query(
      `INSERT INTO productos (id, codigo, nombre) VALUES ('000001', '000001', 'LO QUE DIJO EL INVENTARIO')`,
    );
    await load(database, reading([linea('F-0001')]));

    expect(await database.query('SELECT nombre FROM productos')).toEqual([
      { nombre: 'LO QUE DIJO EL INVENTARIO' },
    ]);
  });

  it('A changed line is updated, a line that KLK no longer reports is removed, and the others are not rewritten', async () => {
    await load(database, reading([linea('F-0001'), linea('F-0002'), linea('F-0003')]));
    const [before] = await database.query(
      `SELECT xmin::text, ctid::text FROM ventas WHERE numero_factura = 'F-0001'`,
    );

    expect(
      await load(
        database,
        reading([linea('F-0001'), linea('F-0003', 1, { cantidad_vendida: '5' })], {
          extraccion: when('24 15:30'),
        }),
      ),
    ).toMatchObject({ nuevas: 0, cambiadas: 1, retiradas: 1 });
    expect(await readLineas(database)).toEqual(['F-0001/1 2', 'F-0003/1 5']);
    expect(
      await database.query(`SELECT xmin::text, ctid::text FROM ventas WHERE numero_factura = 'F-0001'`),
    ).toEqual([before]);
  });

  it('A rejected line keeps the row it has', async () => {
    await load(database, reading([linea('F-0001'), linea('F-0002')]));

    expect(
      await load(
        database,
        reading([linea('F-0001')], { extraccion: when('24 15:30'), rechazos: [rechazo('F-0002', 1)] }),
      ),
    ).toMatchObject({ retiradas: 0 });
    expect(await readLineas(database)).toEqual(['F-0001/1 2', 'F-0002/1 2']);
    expect(await readTramo(database)).toMatchObject({ lineas: 2, rechazadas: 1, estado: 'provisional' });
  });

  it('No line is removed when the identity of one was unreadable', async () => {
    await load(database, reading([linea('F-0001'), linea('F-0002')]));
    await load(
      database,
      reading([linea('F-0001')], {
        extraccion: when('24 15:30'),
        rechazos: [rechazo(null, null)],
        retirarAusentes: false,
      }),
    );

    expect(await readLineas(database)).toEqual(['F-0001/1 2', 'F-0002/1 2']);
  });

  it('The next answer removes what a rejected line left in place, even if its lines are those of the answer before', async () => {
    await load(database, reading([linea('F-0001'), linea('F-0002')]));
    const only = [linea('F-0001')];
    await load(database, reading(only, { extraccion: when('24 15:30'), rechazos: [rechazo('F-0002', 1)] }));

    await load(database, reading(only, { extraccion: when('24 16:00') }));

    expect(await readLineas(database)).toEqual(['F-0001/1 2']);
  });

  it('The slices beside it are left as they are', async () => {
    const nine = linea('F-0009', 1, { fecha_venta: '2026-11-24T09:00:00-04:00' });
    await load(database, reading([nine], { tramo: LATER }));
    await load(database, reading([linea('F-0001')]));
    await load(database, reading([], { extraccion: when('24 15:30') }));

    expect(await readLineas(database)).toEqual(['F-0009/1 2']);
  });

  it('An invoice whose time KLK has corrected moves to the slice of its new time', async () => {
    await load(database, reading([linea('F-0001'), linea('F-0002')]));
    const moved = linea('F-0001', 1, { fecha_venta: '2026-11-24T09:30:00-04:00' });

    expect(await load(database, reading([moved], { tramo: LATER }))).toMatchObject({
      cambiadas: 1,
      nuevas: 0,
    });
    expect(await readTramo(database)).toMatchObject({ lineas: 1, huella: null });
    expect(await readTramo(database, LATER)).toMatchObject({ lineas: 1 });
  });

  it('An invoice that the store has on another day is set aside, and the other lines load', async () => {
    const yesterday = { ...TRAMO, dia: '2026-11-23' };
    const before = linea('F-0001', 1, { fecha_venta: '2026-11-23T08:10:00-04:00' });
    await load(database, reading([before], { tramo: yesterday }));

    const counts = await load(database, reading([linea('F-0001'), linea('F-0002')]));
    expect(counts).toMatchObject({
      nuevas: 1,
      rechazos: [{ numeroFactura: 'F-0001', linea: 1, motivo: 'FACTURA_EN_OTRO_DIA' }],
    });
    expect(await readTramo(database)).toMatchObject({ lineas: 1, rechazadas: 1 });
  });
});

describe('an invoice that the store has on another day', () => {
  beforeEach(async () => {
    const before = linea('F-0001', 1, { fecha_venta: '2026-11-23T08:10:00-04:00' });
    await load(database, reading([before], { tramo: { ...TRAMO, dia: '2026-11-23' } }));
    await load(database, reading([linea('F-0002')]));
  });

  it('No line is removed, for it may be an absent one under the wrong number', async () => {
    await load(database, reading([linea('F-0001')], { extraccion: when('24 15:30') }));

    expect(await readLineas(database)).toEqual(['F-0001/1 2', 'F-0002/1 2']);
  });

  it.each([
    [
      'most of the lines are such: it is the answer of that day, whatever anybody says',
      39,
      'KLK_OTRO_TRAMO',
      true,
    ],
    ['too many of the lines are such: the rest is not believed either', 60, 'FILAS_MALAS', false],
  ])('Nothing is loaded when %s', async (_what, lineas, codigo, forzar) => {
    const other = facturas(30).map((row) => ({ ...row, fecha_venta: '2026-11-23T08:10:00-04:00' }));
    await load(
      database,
      reading(other, { tramo: { ...TRAMO, dia: '2026-11-23' }, extraccion: when('24 15:10') }),
    );
    const before = await readTramo(database);
    const answer = reading(facturas(lineas), { extraccion: when('24 15:30'), forzar });

    await expect(load(database, answer)).rejects.toMatchObject({ codigo });
    expect(await readTramo(database)).toEqual(before);
    if (!forzar)
      await expect(load(database, { ...answer, forzar: true })).resolves.toMatchObject({
        forzados: [{ codigo }],
      });
  });

  it('It is set aside every time, and never closes the slice', async () => {
    for (const extraccion of [when('26 10:00'), when('26 10:30'), when('26 11:00')]) {
      await load(database, reading([linea('F-0001'), linea('F-0002')], { extraccion }));

      expect(await readTramo(database)).toMatchObject({ rechazadas: 1, estado: 'provisional' });
    }
  });
});

it('Each part of a slice that is cut carries the mark of its rejected lines', async () => {
  await load(database, reading([linea('F-0001'), linea('F-0002')], { rechazos: [rechazo('F-0003', 1)] }));
  const parts = [
    { ...TRAMO, hasta: '08:30' },
    { ...TRAMO, desde: '08:30' },
  ];

  await withPipelineDatabase(database.etl, (connection) =>
    connection.use((client) => splitTramos(client, [{ tramo: TRAMO, parts }])),
  );

  await expectLedgerTrue(database);
  expect(await Promise.all(parts.map((part) => readTramo(database, part)))).toMatchObject([
    { lineas: 2, rechazadas: 1, huella: null },
    { lineas: 0, rechazadas: 1, huella: null },
  ]);
});

describe('a repeated reading', () => {
  it('writes the row of the ledger and no line', async () => {
    await load(database, reading(facturas(200)));
    const rows = (): Promise<unknown> =>
      database.query(
        'SELECT md5(string_agg(xmin::text || ctid::text, $1 ORDER BY ctid)) AS filas FROM ventas',
        [''],
      );
    const before = await rows();

    expect(await load(database, reading(facturas(200), { extraccion: when('24 15:30') }))).toMatchObject({
      nuevas: 0,
      cambiadas: 0,
      retiradas: 0,
      ventaTotal: '600',
    });
    expect(await rows()).toEqual(before);
    expect(await readTramo(database)).toMatchObject({
      lecturas: 2,
      leido: when('24 15:30'),
      ultimo_cambio: when('24 15:00'),
    });
  });

  it('closes the slice two days later, when the one before it was after the end of the day too', async () => {
    const read = (momento: string): Promise<unknown> =>
      load(database, reading(facturas(3), { extraccion: when(momento) }));
    const states: unknown[] = [];
    for (const momento of ['24 15:00', '25 00:10', '25 23:50', '26 00:10', '26 00:40']) {
      await read(momento);
      states.push((await readTramo(database))['estado']);
    }

    expect(states).toEqual(['provisional', 'provisional', 'provisional', 'cerrado', 'cerrado']);
  });

  it('is compared line by line when somebody has changed a line', async () => {
    await load(database, reading(facturas(3)));
    await database.query(`UPDATE ventas SET venta_total = 9 WHERE numero_factura = 'F-0002'`);

    expect(await load(database, reading(facturas(3), { extraccion: when('24 15:30') }))).toMatchObject({
      cambiadas: 1,
      ventaTotal: '9',
    });
  });
});

describe('the fence', () => {
  it.each([
    ['older than', '24 14:59'],
    ['as old as', '24 15:00'],
  ])('refuses an answer that is %s the one that is held', async (_what, momento) => {
    await load(database, reading(facturas(2)));

    await expect(load(database, reading([], { extraccion: when(momento) }))).rejects.toMatchObject({
      codigo: 'TRAMO_ANTIGUO',
    });
    expect(await readLineas(database)).toHaveLength(2);
  });

  it('refuses an answer for a slice that has been cut since', async () => {
    await expect(load(database, reading([], { tramo: { ...TRAMO, hasta: '10:00' } }))).rejects.toMatchObject({
      codigo: 'TRAMO_ANTIGUO',
    });
  });

  it('gives way while another session holds the slice', async () => {
    const holder = await database.openSession();
    await holder.query('BEGIN');
    await holder.query(`SELECT FROM ventas_tramos WHERE dia = '2026-11-24' AND desde = '08:00' FOR UPDATE`);

    await expect(load(database, reading(facturas(1)))).resolves.toBeUndefined();
  });
});

describe('a COMMIT whose answer is lost', () => {
  it.each([
    ['is found done', 'after'],
    ['is found not done, and done again', 'before'],
  ] as const)('%s', async (_what, side) => {
    let lost = false;
    proxy.cut((sql) => !lost && (lost = sql === 'COMMIT'), side);

    await expect(load(database, reading(facturas(2)), throughProxy)).resolves.toMatchObject({ nuevas: 2 });
    expect(await readTramo(database)).toMatchObject({ lineas: 2, lecturas: 1 });
  });

  it('is uncertain when the database cannot be asked again', async () => {
    let lost = false;
    proxy.cut((sql) => (lost ||= sql === 'COMMIT'), 'after');

    await expect(load(database, reading(facturas(2)), throughProxy)).rejects.toMatchObject({
      codigo: 'COMMIT_INCIERTO',
    });
  });
});

it('A slice is entirely old when the session dies after any statement of its load', async () => {
  await load(database, reading(facturas(30)));
  const before = await readTramo(database);
  const answer = reading(facturas(29, 5), {
    extraccion: when('24 15:30'),
    ejecucionId: ejecucion(2),
    forzar: true,
  });
  for (const statement of [
    /FOR UPDATE/,
    /SELECT DISTINCT n.numero/,
    /INSERT INTO productos/,
    /WITH llegadas/,
    /WITH hay/,
  ]) {
    let left = 4;
    proxy.cut((sql) => statement.test(sql) && left-- > 0, 'after');
    await expect(loadOnceFree(database, answer, throughProxy)).rejects.toMatchObject({
      codigo: 'BD_CONEXION_PERDIDA',
    });
    expect(await readTramo(database)).toEqual(before);
    proxy.reset();
  }
});

describe('an answer that is suspicious', () => {
  it.each([
    ['is empty where 50 lines are held', 50, 0, 'SOSPECHOSO_VACIO'],
    ['lacks more than 2 % of the lines, and 20', 500, 479, 'SOSPECHOSO_RETIRADAS'],
  ])('%s: refused, and accepted when a person says so', async (_what, held, brought, codigo) => {
    await load(database, reading(facturas(held)));
    const answer = { extraccion: when('24 15:30') };

    await expect(load(database, reading(facturas(brought), answer))).rejects.toMatchObject({ codigo });
    expect(await readLineas(database)).toHaveLength(held);
    await expect(
      load(database, reading(facturas(brought), { ...answer, forzar: true })),
    ).resolves.toMatchObject({
      retiradas: held - brought,
      forzados: [{ codigo }],
    });
  });

  it.each([
    ['19 lines are gone', 500, 481],
    ['20 of 1,000 lines are gone', 1000, 980],
  ])('is not one of which only %s', async (_what, held, brought) => {
    await load(database, reading(facturas(held)));
    const answer = reading(facturas(brought), { extraccion: when('24 15:30') });
    await expect(load(database, answer)).resolves.toMatchObject({ retiradas: held - brought });
  });

  it('empties one small slice of the day after the other in one run, and is accepted when a person says so', async () => {
    const nine = facturas(15, 100).map((one) => ({ ...one, fecha_venta: '2026-11-24T09:10:00-04:00' }));
    await load(database, reading(facturas(40)));
    await load(database, reading(nine, { tramo: LATER }));
    const first = reading([], { extraccion: when('24 15:30'), forzar: true });
    await expect(load(database, first)).resolves.toMatchObject({ retiradas: 40 });
    const second = reading([], { tramo: LATER, extraccion: when('24 15:30') });

    await expect(load(database, second)).rejects.toMatchObject({ codigo: 'SOSPECHOSO_VACIO' });
    expect(await readLineas(database)).toHaveLength(15);
    await expect(load(database, { ...second, forzar: true })).resolves.toMatchObject({ retiradas: 15 });
  });

  const fail = (codigo: CodigoError): Promise<void> =>
    withPipelineDatabase(database.etl, (connection) =>
      connection.use((client) =>
        markFallido(client, ejecucion(2), TRAMO, new PipelineError(codigo, 'prueba'), when('24 15:40')),
      ),
    );
  const empty = (moment: string): TramoReading =>
    reading([], { extraccion: when(moment), ejecucionId: ejecucion(3) });

  it('that was refused because it empties a slice is refused by later runs too, whatever failed since', async () => {
    await load(database, reading(facturas(15)));
    await fail('SOSPECHOSO_VACIO');
    await fail('KLK_ERROR');

    await expect(load(database, empty('24 16:00'))).rejects.toMatchObject({ codigo: 'SOSPECHOSO_VACIO' });
    await expect(load(database, { ...empty('24 16:00'), forzar: true })).resolves.toMatchObject({
      retiradas: 15,
    });
  });

  it('that was refused because it empties a slice is refused after the slice is cut, too', async () => {
    await load(database, reading(facturas(15)));
    await fail('SOSPECHOSO_VACIO');
    const parts = [
      { ...TRAMO, hasta: '08:30' },
      { ...TRAMO, desde: '08:30' },
    ];
    await withPipelineDatabase(database.etl, (connection) =>
      connection.use((client) => splitTramos(client, [{ tramo: TRAMO, parts }])),
    );

    const held = await Promise.all(parts.map(async (part) => (await readTramo(database, part))['lineas']));
    expect(held).toEqual([15, 0]);
    expect(await database.query('SELECT FROM ventas_tramos WHERE vacio_rechazado IS NOT NULL')).toHaveLength(
      2,
    );
    await expect(
      load(database, { ...empty('24 16:00'), tramo: { ...TRAMO, hasta: '08:30' } }),
    ).rejects.toMatchObject({
      codigo: 'SOSPECHOSO_VACIO',
    });
  });

  it('that was refused because it empties a slice is forgotten when KLK has lines again', async () => {
    await load(database, reading(facturas(15)));
    await fail('SOSPECHOSO_VACIO');
    await load(database, reading(facturas(15), { extraccion: when('24 15:50') }));

    await expect(load(database, empty('24 16:00'))).resolves.toMatchObject({ retiradas: 15 });
  });

  it('is not one that is empty after another run found the rest of its day empty', async () => {
    const nine = facturas(15, 100).map((one) => ({ ...one, fecha_venta: '2026-11-24T09:10:00-04:00' }));
    await load(database, reading(facturas(40)));
    await load(database, reading(nine, { tramo: LATER }));
    await load(database, reading([], { extraccion: when('24 15:30'), forzar: true }));
    const later = reading([], { tramo: LATER, extraccion: when('24 16:00'), ejecucionId: ejecucion(2) });

    await expect(load(database, later)).resolves.toMatchObject({ retiradas: 15 });
  });

  it('lacks a line of a slice that was closed once: a person decides, however often it is read and whatever failed since', async () => {
    for (const momento of ['25 01:00', '26 01:00']) {
      await load(database, reading(facturas(3), { extraccion: when(momento) }));
    }
    for (const codigo of ['SOSPECHOSO_DIA_CERRADO', 'KLK_ERROR', 'SOSPECHOSO_VACIO'] as const) {
      await database.query(
        `UPDATE ventas_tramos SET estado = 'fallido', error_codigo = $1, error_mensaje = 'prueba', error_momento = now() WHERE dia = $2`,
        [codigo, TRAMO.dia],
      );
      await expect(
        load(database, reading(facturas(2), { extraccion: when('26 02:00') })),
      ).rejects.toMatchObject({ codigo: 'SOSPECHOSO_DIA_CERRADO' });
    }
    expect(await readLineas(database)).toHaveLength(3);
  });

  it('lacks a line of a closed slice: a person decides', async () => {
    for (const momento of ['25 01:00', '26 01:00']) {
      await load(database, reading(facturas(3), { extraccion: when(momento) }));
    }
    expect(await readTramo(database)).toMatchObject({ estado: 'cerrado' });
    const answer = reading(facturas(2), { extraccion: when('26 02:00') });

    await expect(load(database, answer)).rejects.toMatchObject({ codigo: 'SOSPECHOSO_DIA_CERRADO' });
    await expect(load(database, { ...answer, forzar: true })).resolves.toMatchObject({ retiradas: 1 });
    expect(await readTramo(database)).toMatchObject({ estado: 'provisional' });
  });
});

it('A load is undone when what was written does not add up to what was received', async () => {
  await database.query(
    `CREATE FUNCTION perder() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN CASE WHEN NEW.numero_factura = 'F-0002' THEN NULL ELSE NEW END; END $$;
     CREATE TRIGGER perder BEFORE INSERT ON ventas FOR EACH ROW EXECUTE FUNCTION perder()`,
  );
  try {
    await expect(load(database, reading(facturas(3)))).rejects.toMatchObject({
      codigo: 'VERIFICACION_FALLIDA',
    });
    expect(await readTramo(database)).toMatchObject({ estado: 'pendiente', lineas: 0 });
  } finally {
    await database.query('DROP FUNCTION perder() CASCADE');
  }
});

describe('An invoice is looked for by its key', () => {
  const KEY = 'ubicacion_id_numero_factura_linea_dia_key ';
  const explain = async (dia: string): Promise<string> => {
    const session = await database.openSession();
    try {
      await session.query('BEGIN');
      await session.query(BY_KEY);
      const plan = await session.query(`EXPLAIN ${FACTURAS_AJENAS}`, [
        TRAMO.tienda,
        dia,
        ['F-0001'],
        35,
        when('24 09:00'),
        when('24 10:00'),
      ]);
      return plan.map((row) => String(row['QUERY PLAN'])).join('\n');
    } finally {
      await session.end();
    }
  };

  // Autovacuum may have learned of the lines of another test, or learn of these.
  beforeEach(async () => {
    for (const partition of ['ventas_2026_11', 'ventas_default']) {
      await database.query(`ALTER TABLE ${partition} SET (autovacuum_enabled = off)`);
      await database.query('DELETE FROM pg_statistic WHERE starelid = $1::regclass', [partition]);
    }
  });
  afterEach(async () => {
    for (const partition of ['ventas_2026_11', 'ventas_default']) {
      await database.query(`ALTER TABLE ${partition} RESET (autovacuum_enabled)`);
    }
  });

  it('while nothing is known of its month', async () => {
    await load(database, reading(facturas(3_000)));
    expect(await explain(TRAMO.dia)).toContain(`ventas_2026_11_${KEY}`);
  });

  it('while only days far from it are known, as in a backfill', async () => {
    await load(database, reading(facturas(3_000)));
    await database.query(
      `UPDATE ventas SET dia = dia - 400, fecha_venta = fecha_venta - interval '400 days'`,
    );
    // Twenty lines an invoice.
    await database.query('ALTER TABLE ventas_default ALTER numero_factura SET (n_distinct = 150)');
    try {
      await database.query('ANALYZE ventas_default');
      expect(await explain('2025-07-01')).toContain(`ventas_default_${KEY}`);
    } finally {
      await database.query('ALTER TABLE ventas_default ALTER numero_factura RESET (n_distinct)');
    }
  });

  it('while only other stores are known in its month, as after a new store began to sell', async () => {
    await load(database, reading(facturas(3_000)));
    await database.query(`UPDATE ventas SET ubicacion_id = 'otra'`);
    await database.query('ANALYZE ventas_2026_11');
    await database.query('UPDATE ventas SET ubicacion_id = $1', [TRAMO.tienda]);
    expect(await explain(TRAMO.dia)).toContain(`ventas_2026_11_${KEY}`);
  });
});
