import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { RUNNING } from './stage-contexts.ts';
import { synthesized } from './synthesized.ts';
import type { Resource } from './synthesized.ts';

/** The resources of the inventory as operators have them deployed: logical ids and types, by stage. */
const DEPLOYED = z
  .record(z.enum(RUNNING), z.record(z.string(), z.string()))
  .parse(JSON.parse(readFileSync('test/fixtures/deployed-inventory.json', 'utf8')));

const ALONE = { desarrollo: 'desarrolloSinVentas', produccion: 'produccionSinVentas' } as const;

/** What the sales change of it: `desarrollo` does not say since when it wants them, so that its migrations learn nothing. */
const CHANGED = {
  desarrollo: ['ProgramacionRegla', 'Tablero'],
  produccion: ['MigracionesDisparo', 'MigracionesLambdaFuncion', 'ProgramacionRegla', 'Tablero'],
};

describe.each(RUNNING)('the inventory of %s, which is deployed', (name) => {
  /** All but the version of the migration Lambda, whose id follows from its code and environment. */
  const lasting = (of: Parameters<typeof synthesized>[0]): readonly Resource[] =>
    synthesized(of).all.filter(({ Type }) => Type !== 'AWS::Lambda::Version');
  const alone = lasting(ALONE[name]);
  const beside = lasting(name);

  it('keeps the logical id of every resource, for CloudFormation replaces what changes its id', () => {
    const ids = (resources: readonly Resource[]): Record<string, string> =>
      Object.fromEntries(resources.map(({ id, Type }) => [id, Type]));
    expect(ids(alone)).toEqual(DEPLOYED[name]);
    expect(ids(beside)).toMatchObject(DEPLOYED[name]);
  });

  it('is alone in the stack without the sales, of which no resource, output or variable is left', () => {
    const text = JSON.stringify([alone, synthesized(ALONE[name]).outputs]);
    expect(text).not.toMatch(/ventas/i);
    expect(synthesized(ALONE[name]).findings).toEqual([]);
  });

  it('runs by the rate that it always had while it is alone', () => {
    expect(
      synthesized(ALONE[name]).resource('AWS::Events::Rule', 'Programacion').Properties['ScheduleExpression'],
    ).toBe('rate(30 minutes)');
  });

  it('changes beside the sales its minutes, its page of the dashboard and what the migrations know, and nothing else', () => {
    const changed = alone.filter(({ id, Properties }) => {
      const other = beside.find((resource) => resource.id === id)?.Properties;
      return JSON.stringify(other) !== JSON.stringify(Properties);
    });
    const ids = changed.map(({ id }) => id.replace(/[0-9A-F]{8}$/, '')).sort();
    expect(ids).toEqual(CHANGED[name]);
  });
});
