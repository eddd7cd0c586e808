import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { z } from 'zod';
import { scheduledEvent } from '../../bin/commands/invoke-locally.ts';
import { startLambdaWorld } from '../support/lambda-world.ts';
import type { Invocation, LambdaWorld } from '../support/lambda-world.ts';

let world: LambdaWorld;
let healthy: Invocation;
let troubled: Invocation;

beforeAll(async () => {
  world = await startLambdaWorld();
  healthy = await world.invoke(scheduledEvent());
  for (const [almacen, fault] of [
    ['APP-TPF', 'html'],
    ['APP-TBQ', 'fila-mala'],
    ['TANT', '401'],
    ['TPAR', 'texto-hostil'],
    ['TTZ', 'cierra'],
  ] as const)
    world.klk.setFault(almacen, fault);
  process.env['KLK_REINTENTOS'] = '1';
  troubled = await world.invoke(scheduledEvent());
});

afterEach(() => world.database.expectNoTrace());

afterAll(() => world.close());

const ALMACENES = ['APP-TBQ', 'APP-TPF', 'TANT', 'TPAR', 'TTZ'];

it('Whatever is written is one JSON object a line', () => {
  for (const { output } of [healthy, troubled]) {
    for (const line of output.split('\n').filter((text) => text !== ''))
      expect(JSON.parse(line)).toEqual(expect.objectContaining({}));
  }
});

it('Every line of the logger names its run', () => {
  for (const { lines } of [healthy, troubled]) {
    const { ejecucionId } = z.looseObject({ ejecucionId: z.uuid() }).parse(lines.at(-1));
    expect(lines.length).toBeGreaterThan(ALMACENES.length);
    for (const line of lines) expect(line).toMatchObject({ ejecucionId, service: 'inventario-klk' });
  }
});

it.each(['extraccion', 'transformacion', 'carga'])('Each warehouse has a line of its %s', (fase) => {
  const named = healthy.lines.filter((line) => line['fase'] === fase).map((line) => line['almacen']);

  expect([...new Set(named)].toSorted()).toEqual(ALMACENES);
});

it('What goes wrong names store, warehouse, phase and code', () => {
  const errors = troubled.lines.filter(({ level }) => level === 'ERROR');

  expect(errors).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        tienda: 'tienda_01',
        almacen: 'APP-TPF',
        fase: 'extraccion',
        codigo: 'KLK_CONTRATO',
      }),
      expect.objectContaining({
        tienda: 'tienda_17',
        almacen: 'TANT',
        fase: 'extraccion',
        codigo: 'KLK_SOLICITUD_RECHAZADA',
      }),
    ]),
  );
  expect(troubled.lines).toContainEqual(
    expect.objectContaining({
      level: 'WARN',
      almacen: 'APP-TBQ',
      fase: 'transformacion',
      motivo: 'EXISTENCIA_ILEGIBLE',
    }),
  );
});

it('The summary is one line, and equals what the handler returns', () => {
  const summaries = healthy.lines.filter(({ message }) => message === 'RESUMEN ETL');

  expect(summaries).toHaveLength(1);
  expect(JSON.parse(JSON.stringify(healthy.returned))).toEqual(
    Object.fromEntries(
      Object.keys(z.looseObject({}).parse(healthy.returned)).map((key) => [key, summaries[0]?.[key]]),
    ),
  );
});

it('The summary of a run in trouble is one line, and equals what the error carries', () => {
  const summaries = troubled.lines.filter(({ message }) => message === 'RESUMEN ETL');
  const { resumen } = z.object({ resumen: z.looseObject({}) }).parse(troubled.thrown);

  expect(summaries).toHaveLength(1);
  expect(JSON.parse(JSON.stringify(resumen))).toEqual(
    Object.fromEntries(Object.keys(resumen).map((key) => [key, summaries[0]?.[key]])),
  );
});

it('No secret is ever written', () => {
  for (const { output, thrown } of [healthy, troubled])
    for (const canary of world.canaries) expect(`${output} ${String(thrown)}`).not.toContain(canary);
});

it('No payload is ever written whole', () => {
  for (const line of troubled.output.split('\n')) expect(line.length).toBeLessThan(10_000);
});
