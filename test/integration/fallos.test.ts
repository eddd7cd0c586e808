import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  readFalloDeEjecuciones,
  readFallosDeAlmacenes,
  readFallosPasados,
} from '../../bin/queries/read-fallos.ts';
import type { FalloActual, FalloPasado } from '../../bin/queries/read-fallos.ts';
import { readFasesPorPeriodo } from '../../bin/queries/read-tendencia.ts';
import { useDatabase } from '../support/database.ts';
import { insertRun } from '../support/past-runs.ts';
import { ejecucion } from '../support/snapshots.ts';
import { askQuestion } from '../support/world.ts';

/** A moment of today's recent past: failures older than a year are not read. */
const START = Date.now() - 10 * 3_600_000;
const half = (n: number): Date => new Date(START + n * 1_800_000);

const TPF = { almacen: 'APP-TPF', tienda: 'tienda_01' };
const TBQ = { almacen: 'APP-TBQ', tienda: 'tienda_08' };

const database = await useDatabase();

describe('The failures of warehouses and runs', () => {
  beforeEach(async () => {
    await database.query('DELETE FROM etl_ejecuciones');
  });

  /** One run after another, half an hour apart; each gives the code with which a warehouse failed, or nothing. */
  const runs = async (...outcomes: readonly (readonly (string | undefined)[])[]): Promise<void> => {
    for (const [index, [tpf, tbq]] of outcomes.entries()) {
      await insertRun(database, {
        id: ejecucion(index + 1),
        inicio: half(index),
        estado: 'parcial',
        almacenes: [
          { ...TPF, ...(tpf !== undefined && { codigo: tpf }) },
          { ...TBQ, ...(tbq !== undefined && { codigo: tbq }) },
        ],
      });
    }
  };
  const wholeRun = (n: number, changes: { codigo?: string; estado?: string } = {}): Promise<void> =>
    insertRun(database, { id: ejecucion(n), inicio: half(n - 1), estado: 'fallida', ...changes });

  interface Failures {
    readonly lasting: readonly FalloActual[];
    readonly whole: FalloActual | undefined;
    readonly past: readonly FalloPasado[];
  }
  const read = (almacenes: readonly string[] = ['APP-TPF', 'APP-TBQ']): Promise<Failures> =>
    askQuestion(database, async (client, vivas) => {
      const lasting = await readFallosDeAlmacenes(client, almacenes);
      const whole = await readFalloDeEjecuciones(client, vivas);
      const all = whole === undefined ? lasting : [...lasting, whole];
      return { lasting, whole, past: await readFallosPasados(client, vivas, all) };
    });

  it('A failure began with the first attempt after the last load, whatever its codes were', async () => {
    await runs(['KLK_VACIA'], [], ['KLK_CORTADA'], ['KLK_VACIA'], ['KLK_VACIA']);
    const { lasting, past } = await read();
    expect(lasting).toEqual([
      {
        ...TPF,
        codigo: 'KLK_VACIA',
        mensaje: 'mensaje de KLK_VACIA',
        desde: half(2),
        veces: 3,
        ultimaVez: half(4),
        ejecucionId: ejecucion(5),
      },
    ]);
    expect(past).toMatchObject([{ ...TPF, codigo: 'KLK_VACIA', veces: 1, ultimaVez: half(0) }]);
  });

  it('A failure is past once its warehouse is loaded', async () => {
    await runs(['KLK_VACIA', 'KLK_CORTADA'], ['KLK_VACIA'], [], []);
    const { lasting, past } = await read();
    expect(lasting).toEqual([]);
    expect(past).toMatchObject([
      { ...TPF, codigo: 'KLK_VACIA', veces: 2, ejecucionId: ejecucion(2), recuperado: half(2) },
      { ...TBQ, codigo: 'KLK_CORTADA', veces: 1, ejecucionId: ejecucion(1), recuperado: half(1) },
    ]);
  });

  it('A failure of a warehouse that is no longer asked for is past without recovery', async () => {
    await runs([undefined, 'KLK_VACIA']);
    const { lasting, past } = await read(['APP-TPF']);
    expect(lasting).toEqual([]);
    expect(past).toMatchObject([{ ...TBQ, codigo: 'KLK_VACIA', recuperado: null }]);
  });

  it('A failure of whole runs, dead ones included, lasts until a run reaches the stores', async () => {
    await runs([], []);
    await wholeRun(3, { codigo: 'SECRETO_INACCESIBLE' });
    await wholeRun(4, { estado: 'en_curso' });
    const { whole, past } = await read();
    expect(whole).toMatchObject({ almacen: null, codigo: null, desde: half(2), veces: 2 });
    expect(past).toEqual([]);

    await database.query(
      `UPDATE etl_ejecuciones SET estado = 'abandonada', fin = now() WHERE estado = 'en_curso'`,
    );
    await insertRun(database, { id: ejecucion(5), inicio: half(4), estado: 'exitosa', almacenes: [TPF] });
    const after = await read();
    expect(after.whole).toBeUndefined();
    expect(after.past).toMatchObject([
      { almacen: null, codigo: null, recuperado: half(4) },
      { almacen: null, codigo: 'SECRETO_INACCESIBLE', recuperado: half(4) },
    ]);
  });

  it('An attempt dated in the future is not the last one', async () => {
    await runs(['KLK_VACIA']);
    await insertRun(database, {
      id: ejecucion(2),
      inicio: new Date(Date.now() + 86_400_000),
      estado: 'exitosa',
      almacenes: [TPF],
    });
    expect((await read()).lasting).toMatchObject([{ ...TPF, codigo: 'KLK_VACIA', veces: 1 }]);
  });

  it('The duration of a phase is the median of its runs', async () => {
    await runs([], [], []);
    await database.query(
      `UPDATE etl_ejecucion_almacenes SET ms_extraccion = CASE ejecucion_id WHEN $1 THEN 9000000 ELSE 1000 END`,
      [ejecucion(2)],
    );
    await database.query('UPDATE etl_ejecuciones SET inicio = $1', [half(0)]);
    const fases = await askQuestion(database, (client) => readFasesPorPeriodo(client, 'week'));
    expect(fases).toMatchObject([{ extraccion: 2000 }]);
  });
});
