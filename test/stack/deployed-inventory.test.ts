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

describe.each(RUNNING)('the inventory of %s, compared with the version deployed before the sales', (name) => {
  /** All but the version of the migration Lambda, whose id follows from its code and environment. */
  const lasting = (of: Parameters<typeof synthesized>[0]): readonly Resource[] =>
    synthesized(of).all.filter(({ Type }) => Type !== 'AWS::Lambda::Version');
  const alone = lasting(ALONE[name]);
  const beside = lasting(name);

  it('keeps the logical id of every resource, because CloudFormation replaces a resource whose id changes', () => {
    const ids = (resources: readonly Resource[]): Record<string, string> =>
      Object.fromEntries(resources.map(({ id, Type }) => [id, Type]));
    expect(ids(alone)).toEqual(DEPLOYED[name]);
    expect(ids(beside)).toMatchObject(DEPLOYED[name]);
  });

  it('has no resource, output or variable of the sales when the sales are not deployed', () => {
    const text = JSON.stringify([alone, synthesized(ALONE[name]).outputs]);
    expect(text).not.toMatch(/ventas/i);
    expect(synthesized(ALONE[name]).findings).toEqual([]);
  });

  it('runs at its former rate when the sales are not deployed', () => {
    expect(
      synthesized(ALONE[name]).resource('AWS::Events::Rule', 'Programacion').Properties['ScheduleExpression'],
    ).toBe('rate(30 minutes)');
  });

  it('changes, when the sales are deployed, only its minutes, its dashboard and the variables of the migrations', () => {
    const changed = alone.filter(({ id, Properties }) => {
      const other = beside.find((resource) => resource.id === id)?.Properties;
      return JSON.stringify(other) !== JSON.stringify(Properties);
    });
    const ids = changed.map(({ id }) => id.replace(/[0-9A-F]{8}$/, '')).sort();
    expect(ids).toEqual(CHANGED[name]);
  });
});
