import { describe, expect, it } from '@jest/globals';
import { ERRORES, isCodigoError } from '../../lambdas/core/errors/codes.ts';
import type { CodigoError } from '../../lambdas/core/errors/codes.ts';
import { remedyFor, renderRemedy } from '../../lambdas/core/run/remedy.ts';
import type { Asked, Place } from '../../lambdas/core/run/remedy.ts';

const CODIGOS = Object.keys(ERRORES).filter(isCodigoError);
const ETL: Place = { program: 'etl' };
const LOCAL: Place = { program: 'local' };
const LAMBDA: Place = { region: 'us-east-1', functionName: 'inventario-klk-desarrollo' };
const ALL: Asked = { tiendas: [], dryRun: false, forzar: false };
const ONE: Asked = { ...ALL, tiendas: ['tienda_17'] };
const SIMULATED: Asked = { ...ONE, dryRun: true };
const FORCED: Asked = { ...ONE, forzar: true };
const TYPED: Asked = { words: ['historial', '--tienda', 'tienda_17'] };
const QUESTION: Asked = { words: ['estado'] };
const VENTAS: Asked = { ...ONE, flujo: 'ventas', desde: '2026-11-14', hasta: '2026-11-20' };
const VENTAS_DUE: Asked = { ...ONE, flujo: 'ventas' };
const VENTAS_QUESTION: Asked = { words: ['estado'], flujo: 'ventas' };

const commands = (codigo: CodigoError, asked: Asked, place: Place): string[] =>
  remedyFor(codigo, asked, place).comandos.map(({ comando }) => comando);

const invoke = (payload: string): string =>
  'aws lambda invoke --region us-east-1 --function-name inventario-klk-desarrollo' +
  ` --cli-binary-format raw-in-base64-out --cli-read-timeout 0 --payload '${payload}' /dev/stdout`;

describe('a remedy', () => {
  it.each(CODIGOS)('of %s says in sentences what to do, and names a command at every place', (codigo) => {
    for (const place of [ETL, LOCAL, LAMBDA, { program: 'ventas' }, { program: 'migrate' }] as const) {
      for (const asked of [
        ALL,
        ONE,
        SIMULATED,
        FORCED,
        TYPED,
        QUESTION,
        VENTAS,
        VENTAS_DUE,
        VENTAS_QUESTION,
      ]) {
        const remedy = remedyFor(codigo, asked, place);
        expect(remedy.texto).toMatch(/^[A-ZÁÉÍÓÚ].*\.$/);
        expect(remedy.comandos).not.toEqual([]);
        for (const line of renderRemedy(remedy).split('\n'))
          expect(line).toMatch(/: (npm run|aws lambda) .+$/);
      }
    }
  });

  it.each<[keyof typeof ERRORES, Asked, Place, ...string[]]>([
    ['SOSPECHOSO_CEROS', ONE, ETL, 'npm run etl -- --tiendas tienda_17 --forzar'],
    ['SOSPECHOSO_CEROS', ONE, LOCAL, 'npm run local -- --tiendas tienda_17 --forzar'],
    ['SOSPECHOSO_CEROS', ONE, LAMBDA, invoke('{"tiendas":["tienda_17"],"forzar":true}')],
    [
      'SIN_TIEMPO',
      { ...ONE, tiendas: ['tienda_01', 'tienda_17'] },
      ETL,
      'npm run etl -- --tiendas tienda_01 tienda_17',
    ],
    [
      'FILAS_MALAS',
      ONE,
      ETL,
      'npm run etl -- rechazos --tienda tienda_17',
      'npm run etl -- --tiendas tienda_17 --forzar',
    ],
    ['BD_INACCESIBLE', ALL, LOCAL, 'npm run local -- diagnostico'],
    ['BD_INACCESIBLE', ALL, LAMBDA, invoke('{"accion":"diagnostico"}')],
  ])('of %s about %j at %j is this text', (codigo, asked, place, ...expected) => {
    expect(commands(codigo, asked, place)).toEqual(expected);
  });

  it('asks the Lambda only questions that it answers', () => {
    expect(commands('KLK_VACIA', ONE, LAMBDA)).toEqual([invoke('{"dryRun":true,"tiendas":["tienda_17"]}')]);
    expect(commands('BD_SIN_MIGRAR', ONE, LAMBDA)).toEqual([invoke('{"accion":"diagnostico"}')]);
  });

  it('of a dry run repeats it as a dry run, which writes nothing', () => {
    for (const codigo of CODIGOS) {
      for (const comando of commands(codigo, SIMULATED, ETL))
        expect(comando).toMatch(
          / --dry-run |-- (diagnostico|tiendas|estado|cobertura|sondeo --tienda tienda_17)$|^npm run migrate$/,
        );
    }
  });

  it.each<[Asked, Place, string]>([
    [FORCED, ETL, 'npm run etl -- --tiendas tienda_17 --forzar'],
    [FORCED, LAMBDA, invoke('{"tiendas":["tienda_17"],"forzar":true}')],
    [TYPED, ETL, 'npm run etl -- historial --tienda tienda_17'],
    [TYPED, LOCAL, 'npm run local -- historial --tienda tienda_17'],
    [QUESTION, LAMBDA, invoke('{"accion":"estado"}')],
    [
      { words: ['reporte', '--salida', "el d'hoy.html"] },
      ETL,
      `npm run etl -- reporte --salida 'el d'\\''hoy.html'`,
    ],
  ])('repeats what was asked for, and not more: %j at %j', (asked, place, expected) => {
    expect(commands('SIN_TIEMPO', asked, place)).toEqual([expected]);
  });

  it('of a question names no run, not even a dry one', () => {
    for (const codigo of CODIGOS) {
      for (const comando of commands(codigo, TYPED, ETL))
        expect(comando).toMatch(
          /-- (historial|diagnostico|tiendas|rechazos|estado|cobertura)\b|^npm run migrate$/,
        );
      for (const comando of commands(codigo, QUESTION, LAMBDA)) expect(comando).toContain('"accion"');
    }
  });

  it('never forces a run of which no store is named', () => {
    expect(commands('SOSPECHOSO_CEROS', ALL, ETL)).toEqual(['npm run etl -- estado']);
  });
});

describe('a remedy of the sales', () => {
  const invokeVentas = (payload: string): string => invoke(payload).replace('inventario-klk-', 'ventas-klk-');
  const LAMBDA_VENTAS: Place = { region: 'us-east-1', functionName: 'ventas-klk-desarrollo' };
  const DAYS = '--tiendas tienda_17 --desde 2026-11-14 --hasta 2026-11-20';
  const PAYLOAD = '"tiendas":["tienda_17"],"desde":"2026-11-14","hasta":"2026-11-20"';

  it.each<[keyof typeof ERRORES, Asked, Place, ...string[]]>([
    [
      'SOSPECHOSO_RETIRADAS',
      VENTAS,
      ETL,
      'npm run ventas -- cuadrar --dia 2026-11-14 --tiendas tienda_17',
      `npm run ventas -- ${DAYS} --forzar`,
    ],
    [
      'SOSPECHOSO_RETIRADAS',
      VENTAS,
      LAMBDA_VENTAS,
      invokeVentas(`{"dryRun":true,${PAYLOAD}}`),
      invokeVentas(`{${PAYLOAD},"forzar":true}`),
    ],
    ['SOSPECHOSO_RETIRADAS', VENTAS_DUE, ETL, 'npm run ventas -- cobertura'],
    [
      'SOSPECHOSO_RETIRADAS',
      { ...VENTAS, desde: '2026-11-13' },
      ETL,
      'npm run ventas -- cuadrar --dia 2026-11-13 --tiendas tienda_17',
      'npm run ventas -- cobertura',
    ],
    [
      'SOSPECHOSO_RETIRADAS',
      VENTAS_DUE,
      LAMBDA_VENTAS,
      invokeVentas('{"dryRun":true,"tiendas":["tienda_17"]}'),
      invokeVentas('{"accion":"estado"}'),
    ],
    [
      'FILAS_MALAS',
      VENTAS,
      LOCAL,
      'npm run local -- rechazos --tienda tienda_17',
      `npm run local -- ${DAYS} --forzar`,
    ],
    ['KLK_OTRO_TRAMO', VENTAS, ETL, 'npm run ventas -- sondeo --tienda tienda_17'],
    [
      'KLK_OTRO_TRAMO',
      { ...VENTAS, tiendas: [] },
      ETL,
      'npm run ventas -- --dry-run --desde 2026-11-14 --hasta 2026-11-20',
    ],
    ['TRAMO_ANTIGUO', VENTAS, ETL, 'npm run ventas -- cobertura'],
    ['KLK_INCOMPLETA', VENTAS, ETL, `npm run ventas -- ${DAYS}`],
    ['KLK_INCOMPLETA', VENTAS_DUE, { program: 'ventas' }, 'npm run ventas -- --tiendas tienda_17'],
    ['BD_INACCESIBLE', VENTAS, ETL, 'npm run ventas -- diagnostico'],
    ['BD_INACCESIBLE', VENTAS, LAMBDA_VENTAS, invokeVentas('{"accion":"estado"}')],
    ['BD_SIN_MIGRAR', VENTAS, ETL, 'npm run migrate'],
    ['SIN_TIEMPO', VENTAS_QUESTION, LAMBDA_VENTAS, invokeVentas('{"accion":"estado"}')],
  ])('of %s about %j at %j is this text', (codigo, asked, place, ...expected) => {
    expect(commands(codigo, asked, place)).toEqual(expected);
  });

  it('uses npm run ventas for a code of the sales, even where the inventory shows it', () => {
    for (const codigo of CODIGOS.filter((codigo) => 'flujo' in ERRORES[codigo])) {
      for (const comando of commands(codigo, ONE, ETL)) expect(comando).toMatch(/^npm run ventas -- /);
    }
  });

  it('asks the sales Lambda only questions that it answers', () => {
    for (const codigo of CODIGOS) {
      for (const asked of [VENTAS, VENTAS_DUE, VENTAS_QUESTION]) {
        for (const comando of commands(codigo, asked, LAMBDA_VENTAS)) {
          expect(comando).not.toMatch(/"accion":"(?!estado")/);
        }
      }
    }
  });
});
