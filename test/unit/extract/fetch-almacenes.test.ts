import { afterEach, describe, expect, it } from '@jest/globals';
import { fetchAlmacenes } from '../../../lambdas/core/klk/fetch-almacenes.ts';
import type { AlmacenKlk } from '../../../lambdas/core/klk/fetch-almacenes.ts';

const fila = (changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  CodigoSucursal: 'SUC001',
  NombreSucursal: 'PERIFERICO',
  CodigoAlmacen: 'APP-TPF',
  NombreAlmacen: 'PISO DE VENTA',
  ...changes,
});

const never = new AbortController().signal;

describe("KLK's list of warehouses", () => {
  const asked: string[] = [];
  afterEach(() => {
    asked.length = 0;
  });

  const read = (json: unknown): Promise<AlmacenKlk[]> =>
    fetchAlmacenes(
      {
        request: ({ ruta }) => {
          asked.push(ruta);
          return Promise.resolve(JSON.stringify(json));
        },
      },
      'Reposicion',
      never,
    );

  it('is returned trimmed, without the pseudo branch of consolidated figures', async () => {
    expect(await read([fila({ CodigoAlmacen: ' APP-TPF ' }), fila({ CodigoSucursal: 'CONS' })])).toEqual([
      { codigo: 'APP-TPF', nombre: 'PISO DE VENTA', sucursal: 'SUC001', nombreSucursal: 'PERIFERICO' },
    ]);
    expect(asked).toEqual(['maestra/almacenes/Reposicion']);
  });

  it('has no control characters', async () => {
    const [almacen] = await read([fila({ NombreAlmacen: 'PISO\u001b[31m\nDE VENTA' })]);
    expect(almacen?.nombre).toBe('PISO [31m DE VENTA');
  });

  it.each([[[]], [{}], [null], [[fila({ CodigoAlmacen: '' })]], [[fila({ NombreSucursal: 7 })]], ['texto']])(
    'is refused as KLK_CONTRATO when it is not as documented: %j',
    async (json) => {
      await expect(read(json)).rejects.toMatchObject({ codigo: 'KLK_CONTRATO' });
    },
  );

  it('is refused as KLK_ERROR when an error comes with HTTP 200', async () => {
    await expect(read({ error: 'sin base de datos' })).rejects.toMatchObject({
      codigo: 'KLK_ERROR',
      message: expect.stringContaining('sin base de datos'),
    });
  });
});
