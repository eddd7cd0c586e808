import { Logger } from '@aws-lambda-powertools/logger';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import { readEtlConfig } from '../../bin/config.ts';
import { runPipeline } from '../../lambdas/inventario-klk/pipeline.ts';
import type { Resumen } from '../../lambdas/inventario-klk/summary.ts';
import { startKlkSimulator } from '../../local/klk-simulator/server.ts';
import type { KlkSimulator } from '../../local/klk-simulator/server.ts';
import { tiendaKlk } from '../fixtures/klk/tienda.ts';

const TIENDAS: readonly Tienda[] = [
  ...['A', 'B', 'C', 'D', 'E', 'F'].map((codigo) => tiendaKlk(codigo)),
  tiendaKlk('G', {
    almacenes: [
      { codigo: 'G1', nombre: 'UNO' },
      { codigo: 'G2', nombre: 'DOS' },
    ],
  }),
];

const klks: KlkSimulator[] = [];

async function startKlk(latenciaMs = 0): Promise<KlkSimulator> {
  const klk = await startKlkSimulator({ tiendas: TIENDAS, articulosPorAlmacen: 60, latenciaMs });
  klks.push(klk);
  return klk;
}

afterEach(async () => {
  await Promise.all(klks.splice(0).map((klk) => klk.close()));
});

/** A dry run of all stores by command, without a database and without its variables. */
function dryRun(klk: KlkSimulator, env: Record<string, string> = {}, budgetMs = 20_000): Promise<Resumen> {
  const config = readEtlConfig(true, { KLK_URL: klk.baseUrl, KLK_REINTENTOS: '0', ...env });
  return runPipeline({
    ejecucionId: 'prueba',
    solicitud: { origen: 'cli', dryRun: true, forzar: false, tiendas: TIENDAS },
    tunables: config.tunables,
    deadline: deadlineIn(budgetMs),
    logger: new Logger({ logLevel: 'SILENT' }),
    readKlkSettings: () => Promise.resolve(config.klk),
    readDatabaseSettings: () => Promise.reject(new Error('a dry run opens no database')),
  });
}

describe('a dry run', () => {
  it('extracts and checks every warehouse, and says that nothing was loaded', async () => {
    const klk = await startKlk();

    const resumen = await dryRun(klk);

    expect(resumen).toMatchObject({
      estado: 'simulada',
      dryRun: true,
      totales: {
        tiendas: 7,
        cargadas: 0,
        fallidas: 0,
        omitidas: 0,
        extraidos: 480,
        inventario: 0,
        historico: 0,
      },
    });
    expect(resumen.tiendas.map(({ id }) => id)).toEqual(TIENDAS.map(({ id }) => id));
    expect(resumen.tiendas.at(-1)).toMatchObject({
      estado: 'simulada',
      almacenes: [
        { codigo: 'G1', estado: 'simulado', extraidos: 60, validos: 60 },
        { codigo: 'G2', estado: 'simulado', extraidos: 60, validos: 60 },
      ],
    });
  });

  it('asks for one warehouse in each request, because rows do not name theirs', async () => {
    const klk = await startKlk();

    await dryRun(klk);

    const asked = klk.requests.map(({ codigos }) => codigos.join());
    expect(asked.toSorted()).toEqual(['A', 'B', 'C', 'D', 'E', 'F', 'G1', 'G2']);
  });

  it.each([
    [{}, 3],
    [{ KLK_CONCURRENCIA: '1' }, 1],
    [{ KLK_CONCURRENCIA: '2' }, 2],
    [{ KLK_CONCURRENCIA: '5' }, 5],
  ])('never has more requests at KLK than configured: %j', async (env, expected) => {
    const klk = await startKlk(40);

    await dryRun(klk, env);

    expect(klk.maxConcurrent).toBe(expected);
  });

  it('goes on with the other stores when one fails', async () => {
    const klk = await startKlk();
    klk.setFault('B', '404');
    klk.setFault('G2', 'html');
    klk.setFault('D', 'fila-mala');

    const resumen = await dryRun(klk);

    expect(resumen.estado).toBe('parcial');
    expect(resumen.tiendas.map(({ estado }) => estado)).toEqual([
      'simulada',
      'fallida',
      'simulada',
      'simulada',
      'simulada',
      'simulada',
      'fallida',
    ]);
    expect(resumen.tiendas[1]?.almacenes).toMatchObject([
      { estado: 'fallido', extraidos: 0, error: { codigo: 'KLK_SOLICITUD_RECHAZADA', fase: 'extraccion' } },
    ]);
    expect(resumen.tiendas[3]?.almacenes).toMatchObject([{ extraidos: 60, validos: 59, rechazados: 1 }]);
    expect(resumen.totales).toMatchObject({ fallidas: 2, extraidos: 360, rechazados: 1 });
  });

  it('fails a warehouse with more unreadable rows than allowed', async () => {
    const klk = await startKlk();
    klk.setFault('D', 'filas-malas');

    const resumen = await dryRun(klk);

    expect(resumen.tiendas[3]?.almacenes).toMatchObject([
      {
        estado: 'fallido',
        validos: 57,
        rechazados: 3,
        error: { codigo: 'FILAS_MALAS', fase: 'transformacion' },
      },
    ]);
  });

  it('stops asking a KLK that is down after two warehouses', async () => {
    const klk = await startKlk();
    klk.setFault('*', 'reset');

    const resumen = await dryRun(klk, { KLK_CONCURRENCIA: '1' });

    expect(resumen.estado).toBe('fallida');
    expect(klk.requests).toHaveLength(2);
    expect(resumen.tiendas.flatMap(({ almacenes }) => almacenes.map(({ error }) => error?.codigo))).toEqual([
      'KLK_CORTADA',
      'KLK_CORTADA',
      ...Array.from({ length: 6 }, () => 'KLK_CAIDA'),
    ]);
  });

  it('omits the warehouses for which no time is left', async () => {
    const klk = await startKlk();
    klk.setFault('A', 'sin-cabeceras');

    const resumen = await dryRun(klk, { KLK_CONCURRENCIA: '1' }, 1_200);

    expect(resumen).toMatchObject({ estado: 'fallida', totales: { omitidas: 7 } });
    expect(klk.requests).toHaveLength(1);
    for (const { error } of resumen.tiendas.flatMap(({ almacenes }) => almacenes)) {
      expect(error?.codigo).toBe('SIN_TIEMPO');
    }
  });
});
