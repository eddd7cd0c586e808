import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { RUNNING } from './stage-contexts.ts';
import { synthesized } from './synthesized.ts';

/** The resources of the inventory as operators have them deployed: logical ids and types, by stage. */
const DEPLOYED = z
  .record(z.enum(RUNNING), z.record(z.string(), z.string()))
  .parse(JSON.parse(readFileSync('test/fixtures/deployed-inventory.json', 'utf8')));

describe.each(RUNNING)('the inventory of %s, which is deployed', (name) => {
  /** All but the version of the migration Lambda, whose id follows from its code. */
  const resources = synthesized(name).all.filter(({ Type }) => Type !== 'AWS::Lambda::Version');

  it('keeps the logical id of every resource, for CloudFormation replaces what changes its id', () => {
    const ids = Object.fromEntries(resources.map(({ id, Type }) => [id, Type]));
    expect(ids).toEqual(DEPLOYED[name]);
  });
});
