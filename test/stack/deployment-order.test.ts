import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { PIPELINES, RUNNING } from './stage-contexts.ts';
import { synthesized } from './synthesized.ts';
import type { Synthesized } from './synthesized.ts';

/** Logical ids that a value refers to. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (key === 'Ref') return [z.string().parse(inner)];
    if (key === 'Fn::GetAtt') return [z.array(z.string()).parse(inner)[0] ?? ''];
    return references(inner);
  });
}

/** Everything that CloudFormation has finished before it starts with a resource. */
function before(stage: Synthesized, id: string, seen = new Set<string>()): Set<string> {
  const resource = stage.all.find((candidate) => candidate.id === id);
  for (const next of [...(resource?.DependsOn ?? []), ...references(resource?.Properties)]) {
    if (seen.has(next)) continue;
    seen.add(next);
    before(stage, next, seen);
  }
  return seen;
}

describe.each(RUNNING)('a deployment of %s', (name) => {
  const stage = synthesized(name);
  const trigger = stage.resource('Custom::Trigger');
  const beforeTrigger = before(stage, trigger.id);

  it('migrates after the database, the secrets and every network rule exist', () => {
    const needed = stage.all.filter(({ Type }) =>
      /::(SecurityGroup(In|E)gress|SecurityGroup|DBInstance|Secret|SecretTargetAttachment|NatGateway|Route)$/.test(
        Type,
      ),
    );
    expect(needed.length).toBeGreaterThan(5);
    for (const { id } of needed) expect(beforeTrigger).toContain(id);
  });

  it('updates the pipelines and their rules only after the migrations have succeeded', () => {
    const lambdas = PIPELINES.map(({ lambda }) => stage.resource('AWS::Lambda::Function', lambda));
    for (const { id } of [...lambdas, ...stage.resources('AWS::Events::Rule')]) {
      expect(before(stage, id)).toContain(trigger.id);
      expect(beforeTrigger).not.toContain(id);
    }
  });

  it('migrates again when the migration Lambda has changed, and waits for its result', () => {
    expect(trigger.Properties).toMatchObject({
      HandlerArn: { Ref: stage.resource('AWS::Lambda::Version').id },
      ExecuteOnHandlerChange: true,
      InvocationType: 'RequestResponse',
    });
  });
});
