import { beforeAll, expect, it } from '@jest/globals';
import { scheduledEvent } from '../../bin/program/invoke-locally.ts';
import { z } from 'zod';
import { ACTIVAS, almacenesOf, useWorld } from '../support/world.ts';
import type { Invocation } from '../support/world.ts';

const world = await useWorld();
let healthy: Invocation;
let troubled: Invocation;

beforeAll(async () => {
  healthy = await world.invoke(scheduledEvent());
  for (const [almacen, fault] of [
    ['APP-TPF', 'html'],
    ['APP-TBQ', 'fila-mala'],
    ['TANT', '401'],
    ['TPAR', 'texto-hostil'],
    ['TTZ', 'cierra'],
  ] as const)
    world.klk.setFault(almacen, fault);
  troubled = await world.invoke(scheduledEvent(), { variables: { KLK_REINTENTOS: '1' } });
});

const ALMACENES = almacenesOf(ACTIVAS).toSorted();

it('Every line of the output is one JSON object', () => {
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

it.each(['extraccion', 'transformacion', 'carga'])('Each warehouse has a line for its %s', (fase) => {
  const named = healthy.lines.filter((line) => line['fase'] === fase).map((line) => line['almacen']);

  expect([...new Set(named)].toSorted()).toEqual(ALMACENES);
});

it('The line of a failure names store, warehouse, phase and code', () => {
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

it('The summary is one line, equal to what the handler returns', () => {
  const summaries = healthy.lines.filter(({ message }) => message === 'RESUMEN ETL');

  expect(summaries).toHaveLength(1);
  expect(JSON.parse(JSON.stringify(healthy.returned))).toEqual(
    Object.fromEntries(
      Object.keys(z.looseObject({}).parse(healthy.returned)).map((key) => [key, summaries[0]?.[key]]),
    ),
  );
});

it('The summary of a failed run is one line, equal to what the error carries', () => {
  const summaries = troubled.lines.filter(({ message }) => message === 'RESUMEN ETL');
  const { resumen } = z.object({ resumen: z.looseObject({}) }).parse(troubled.thrown);

  expect(summaries).toHaveLength(1);
  expect(JSON.parse(JSON.stringify(resumen))).toEqual(
    Object.fromEntries(Object.keys(resumen).map((key) => [key, summaries[0]?.[key]])),
  );
});

it('No secret is written', () => {
  for (const { output, thrown } of [healthy, troubled])
    for (const canary of world.canaries) expect(`${output} ${String(thrown)}`).not.toContain(canary);
});

it('No payload is written whole', () => {
  for (const line of troubled.output.split('\n')) expect(line.length).toBeLessThan(10_000);
});
