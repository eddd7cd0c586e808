import { describe, expect, it } from '@jest/globals';
import { PipelineError } from '../../lambdas/core/errors/errors.ts';
import type { CodigoError } from '../../lambdas/core/errors/codes.ts';
import { requireComplete } from '../../lambdas/core/run/outcome.ts';
import type { StoreOutcome } from '../../lambdas/core/run/outcome.ts';
import type { AskedRun } from '../../lambdas/core/run/remedy.ts';
import { startResumen, toStoreOutcomes } from '../../lambdas/inventario-klk/summary.ts';
import type { ResumenAlmacen, ResumenTienda } from '../../lambdas/inventario-klk/summary.ts';
import { LockHeldElsewhere } from '../../lambdas/core/run/summary.ts';
import type { Outcome } from '../../lambdas/core/run/summary.ts';
import { resumenAlmacen, resumenTienda } from './resumenes.ts';

const ALL: AskedRun = { tiendas: [], dryRun: false, forzar: false };

const conclude = (
  outcome: Outcome<readonly ResumenTienda[]>,
  dryRun = false,
  asked: Partial<AskedRun> = {},
): { resumen: unknown; error: unknown } => {
  const resumen = startResumen('e-1', { origen: 'programada', dryRun })(outcome);
  try {
    return {
      resumen: requireComplete(
        resumen,
        toStoreOutcomes(resumen),
        { ...ALL, dryRun, ...asked },
        { program: 'etl' },
      ),
      error: undefined,
    };
  } catch (error) {
    expect(error).toMatchObject({ resumen });
    return { resumen: undefined, error };
  }
};

const failed = (
  codigo: string,
  error: NonNullable<ResumenAlmacen['error']>,
  estado: 'fallido' | 'omitido' = 'fallido',
): ResumenAlmacen => resumenAlmacen(estado, { codigo, error });

describe('a run', () => {
  it.each([
    ['loaded all', [resumenTienda('a', resumenAlmacen('cargado'))], false],
    ['simulated all', [resumenTienda('a', resumenAlmacen('simulado'))], true],
    ['was left to another', new LockHeldElsewhere('otra está en curso'), false],
  ] as const)('that %s returns its summary', (_what, outcome, dryRun) => {
    expect(conclude(outcome, dryRun)).toMatchObject({ resumen: { ejecucionId: 'e-1' }, error: undefined });
  });

  it('that did not load every store throws an error with stores, reasons, remedies and the summary', () => {
    const { error } = conclude([
      resumenTienda('tienda_01', resumenAlmacen('cargado')),
      resumenTienda(
        'tienda_08',
        failed('APP-TBQ', { codigo: 'KLK_INCOMPLETA', fase: 'extraccion', mensaje: 'anuncia 9, entrega 8' }),
        failed('APP-DBQ', { codigo: 'BD_PERMISO', fase: 'carga', mensaje: 'sin permiso' }),
      ),
      resumenTienda(
        'tienda_17',
        failed('TANT', { codigo: 'SIN_TIEMPO', mensaje: 'no dio tiempo' }, 'omitido'),
      ),
      resumenTienda(
        'tienda_18',
        failed('TPAR', { codigo: 'KLK_INCOMPLETA', mensaje: 'anuncia 9, entrega 7' }),
      ),
    ]);

    expect(error).toMatchObject({ name: 'EjecucionIncompleta' });
    expect(Error.isError(error) ? error.message.split('\n') : []).toEqual([
      '3 de 4 tiendas no quedaron cargadas',
      '- tienda_08 TIENDA_08: APP-TBQ KLK_INCOMPLETA (anuncia 9, entrega 8); APP-DBQ BD_PERMISO (sin permiso)',
      '- tienda_17 TIENDA_17: TANT SIN_TIEMPO (no dio tiempo)',
      '- tienda_18 TIENDA_18: TPAR KLK_INCOMPLETA (anuncia 9, entrega 7)',
      expect.stringMatching(
        /^KLK_INCOMPLETA: KLK entregó menos o más filas.*: npm run etl -- --tiendas tienda_08 tienda_18$/,
      ),
      expect.stringMatching(/^BD_PERMISO: Renueve los permisos.*: npm run migrate$/),
      expect.stringMatching(/^SIN_TIEMPO: No dio tiempo.*: npm run etl -- --tiendas tienda_17$/),
    ]);
  });

  it('that loaded no store throws the same error', () => {
    const almacen = failed('UNO', { codigo: 'KLK_VACIA', mensaje: 'lista vacía' });

    expect(conclude([resumenTienda('a', almacen)]).error).toMatchObject({
      name: 'EjecucionIncompleta',
      message: expect.stringMatching(/^1 de 1 tiendas no quedó cargada\n/),
    });
  });

  it('that is a dry run throws the same error', () => {
    const almacen = failed('UNO', { codigo: 'KLK_VACIA', mensaje: 'lista vacía' });

    expect(conclude([resumenTienda('a', almacen)], true).error).toMatchObject({
      name: 'EjecucionIncompleta',
    });
  });

  it('that failed before any store throws an error with code, reason and remedy', () => {
    const { error } = conclude(new PipelineError('BD_SIN_MIGRAR', 'Falta 011_crear_particiones'));

    expect(error).toMatchObject({
      name: 'EjecucionFallida',
      message: expect.stringMatching(
        /^BD_SIN_MIGRAR: Falta 011_crear_particiones\. Aplique las migraciones.*: npm run migrate$/,
      ),
    });
  });

  it.each<[Partial<AskedRun>, string]>([
    [{}, 'npm run etl --'],
    [{ tiendas: ['tienda_01'] }, 'npm run etl -- --tiendas tienda_01'],
    [{ tiendas: ['tienda_01'], forzar: true }, 'npm run etl -- --tiendas tienda_01 --forzar'],
    [{ tiendas: ['tienda_01'], dryRun: true }, 'npm run etl -- --dry-run --tiendas tienda_01'],
  ])('that failed before any store names a command that repeats the same request: %j', (asked, command) => {
    const { error } = conclude(new PipelineError('SIN_TIEMPO', 'Se acabó el tiempo'), asked.dryRun, asked);

    expect(String(error).split('Repita con: ')[1]).toBe(command);
  });

  it('of the sales has each remedy for the days and stores of its own errors', () => {
    const error = (dia: string, codigo: CodigoError): StoreOutcome['errores'][number] => ({
      parte: dia,
      dia,
      codigo,
      mensaje: 'prueba',
    });
    const outcome = (id: string, ...errores: StoreOutcome['errores']): StoreOutcome => ({
      id,
      nombre: id,
      estado: 'fallida',
      errores,
    });
    const asked = { ...ALL, flujo: 'ventas', desde: '2026-11-01', hasta: '2026-11-30' } as const;
    const resumen = {
      ...startResumen('e-1', { origen: 'cli', dryRun: false })([]),
      estado: 'parcial',
    } as const;
    const tiendas = [
      outcome('tienda_01', error('2026-11-18', 'KLK_CORTADA'), error('2026-11-20', 'KLK_CORTADA')),
      outcome('tienda_08', error('2026-11-24', 'SOSPECHOSO_RETIRADAS')),
    ];

    expect(() => requireComplete(resumen, tiendas, asked, { program: 'ventas' })).toThrow(
      /KLK_CORTADA: .*npm run ventas -- --dry-run --tiendas tienda_01 --desde 2026-11-18 --hasta 2026-11-20\nSOSPECHOSO_RETIRADAS: .*-- cuadrar --dia 2026-11-24 --tiendas tienda_08\n.*-- --tiendas tienda_08 --desde 2026-11-24 --hasta 2026-11-24 --forzar$/s,
    );
  });
});
