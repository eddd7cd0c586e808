import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { METRICAS } from '../../lambdas/core/config/contract.ts';
import { closedPort } from '../support/closed-port.ts';
import { DB_SECRET, startLambdaWorld } from '../support/lambda-world.ts';
import { scheduledEvent } from '../../bin/commands/invoke-locally.ts';
import type { Invocation, LambdaWorld } from '../support/lambda-world.ts';

let world: LambdaWorld;

beforeAll(async () => {
  world = await startLambdaWorld();
});

beforeEach(() => world.reset());

afterEach(() => world.database.expectNoTrace());

afterAll(() => world.close());

/** Every value of a metric that CloudWatch would take from what an invocation wrote. */
const valuesOf = ({ output }: Invocation, metric: string): unknown[] =>
  output
    .split('\n')
    .filter((line) => line.includes('CloudWatchMetrics'))
    .map((line) => z.looseObject({}).parse(JSON.parse(line))[metric])
    .filter((value) => value !== undefined);

describe('whether a scheduled run failed', () => {
  const failed = (invocation: Invocation): unknown[] => valuesOf(invocation, METRICAS.programadaFallida);

  it('is 0 of one that loaded every store', async () => {
    expect(failed(await world.invoke(scheduledEvent()))).toEqual([0]);
  });

  it('is 1 of one that left a store as it was', async () => {
    world.klk.setFault('TANT', 'vacia');
    expect(failed(await world.invoke(scheduledEvent()))).toEqual([1]);
  });

  it('is 1 of one that reached no store', async () => {
    world.secrets.setSecret(DB_SECRET, JSON.stringify({ ...world.dbSecret, port: await closedPort() }));
    expect(failed(await world.invoke(scheduledEvent()))).toEqual([1]);
  });

  it('is not said of what a person asks for, wrong or mistyped: that person reads the answer', async () => {
    world.klk.setFault('TANT', 'vacia');
    const byHand = await world.invoke({ tiendas: ['tienda_17'] });
    const mistyped = await world.invoke({ tienda: 'tienda_17' });

    expect(byHand.thrown).toMatchObject({ name: 'EjecucionIncompleta' });
    expect(mistyped.thrown).toMatchObject({ name: 'SolicitudInvalida' });
    expect([...failed(byHand), ...failed(mistyped)]).toEqual([]);
  });
});
