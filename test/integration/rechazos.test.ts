import { beforeAll, describe, expect, it } from '@jest/globals';
import { readRechazos } from '../../bin/queries/read-rechazos.ts';
import type { RechazosAlmacen } from '../../bin/queries/read-rechazos.ts';
import { insertRechazos } from '../../lambdas/inventario-klk/load/record-almacen.ts';
import { useDatabase } from '../support/database.ts';
import { withPipelineDatabase } from '../support/inventory.ts';
import { insertRun } from '../support/past-runs.ts';
import { PERIFERICO, at, ejecucion } from '../support/snapshots.ts';
import { askQuestion } from '../support/world.ts';

const tienda = PERIFERICO.id;

const database = await useDatabase();

describe('Rejected rows', () => {
  beforeAll(async () => {
    await insertRun(database, {
      id: ejecucion(1),
      inicio: at('10:00'),
      estado: 'exitosa',
      almacenes: [
        { almacen: 'VIEJO', tienda, rechazados: 1 },
        { almacen: 'LIMPIO', tienda, rechazados: 1 },
        { almacen: 'MUDO', tienda, rechazados: 2 },
      ],
    });
    await insertRun(database, {
      id: ejecucion(2),
      inicio: at('10:30'),
      estado: 'parcial',
      almacenes: [
        { almacen: 'VIEJO', tienda, rechazados: 3 },
        { almacen: 'LIMPIO', tienda },
        { almacen: 'MUDO', tienda, codigo: 'KLK_INACCESIBLE' },
      ],
    });
    await withPipelineDatabase(database.etl, (pipeline) =>
      pipeline.use(async (client) => {
        const refuse = (run: number, almacen: string, codigo: string | null): Promise<void> =>
          insertRechazos(client, ejecucion(run), almacen, [
            { codigo, motivo: 'EXISTENCIA_ILEGIBLE', fila: JSON.stringify({ Codigo: codigo, stock: 'abc' }) },
          ]);
        await refuse(1, 'VIEJO', '000001');
        await refuse(1, 'LIMPIO', '000001');
        await refuse(1, 'MUDO', '000007');
        await refuse(2, 'VIEJO', '000002');
        await refuse(2, 'VIEJO', null);
      }),
    );
  });

  const ask = (...almacenes: string[]): Promise<RechazosAlmacen[]> =>
    askQuestion(database, (client) => readRechazos(client, almacenes));

  it('They are those of the last answer of a warehouse, as received', async () => {
    expect(await ask('VIEJO')).toEqual([
      {
        almacen: 'VIEJO',
        tienda,
        ejecucionId: ejecucion(2),
        inicio: at('10:30'),
        rechazados: 3,
        filas: [
          { producto: '000002', motivo: 'EXISTENCIA_ILEGIBLE', fila: '{"Codigo":"000002","stock":"abc"}' },
          { producto: null, motivo: 'EXISTENCIA_ILEGIBLE', fila: '{"Codigo":null,"stock":"abc"}' },
        ],
      },
    ]);
  });

  it('There are none once an answer has none', async () => {
    expect(await ask('LIMPIO')).toEqual([]);
  });

  it('They stay while KLK does not answer, because the articles still have their earlier rows', async () => {
    expect(await ask('MUDO')).toMatchObject([{ ejecucionId: ejecucion(1), filas: [{ producto: '000007' }] }]);
  });

  it('There are none of an unknown warehouse', async () => {
    expect(await ask('OTRO')).toEqual([]);
  });
});
