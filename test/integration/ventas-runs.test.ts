import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  ALTAMIRA,
  AYER,
  BELLO_MONTE,
  HOY,
  readLedger,
  readVendido,
  truthOf,
  useVentasScene,
} from '../support/ventas-scene.ts';

const scene = await useVentasScene();

beforeEach(() => scene.reset());

describe('a run', () => {
  it('reads today up to now and the days before, and the tables hold what KLK knows', async () => {
    const resumen = await scene.run();

    expect(resumen.error).toBeUndefined();
    expect(resumen.tiendas.flatMap(({ errores }) => errores)).toEqual([]);
    expect(resumen).toMatchObject({ estado: 'exitosa', totales: { tiendas: 2, cargadas: 2, rechazados: 0 } });
    for (const tienda of [ALTAMIRA, BELLO_MONTE]) {
      for (const dia of [HOY, AYER, '2026-11-17']) {
        expect(await readVendido(scene.database, tienda, dia)).toEqual(truthOf(scene.klk, tienda, dia));
      }
    }
    expect(await readLedger(scene.database, ALTAMIRA, AYER)).toMatchObject(
      Array.from({ length: 8 }, () => ({ estado: 'provisional', lecturas: 1 })),
    );
  });
});
