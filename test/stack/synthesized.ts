import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ASSEMBLIES, REFUSAL } from './stage-contexts.ts';
import type { StageName } from './stage-contexts.ts';

const ResourceSchema = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.union([z.string().transform((id) => [id]), z.array(z.string())]).default([]),
  DeletionPolicy: z.string().optional(),
});

const TemplateSchema = z.object({
  Resources: z.record(z.string(), ResourceSchema),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown(), Export: z.unknown().optional() })),
});

const ReportSchema = z.object({ pluginReports: z.array(z.unknown()) });

const ManifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      properties: z.object({ terminationProtection: z.boolean().optional() }).optional(),
      dependencies: z.array(z.string()).default([]),
    }),
  ),
});

/** What a template says of one resource, and its logical id. */
export interface Resource extends z.infer<typeof ResourceSchema> {
  readonly id: string;
}

/** A stage as `cdk synth` leaves it. */
export interface Synthesized {
  readonly all: readonly Resource[];
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly terminationProtection: boolean;
  /** Names of the stacks and assets that are deployed before it. */
  readonly dependencies: readonly string[];
  /** Findings of the rule packs, and warnings. */
  readonly findings: readonly unknown[];
  resources(type: string): readonly Resource[];
  /** The only resource of a type whose logical id starts so. */
  resource(type: string, idPrefix?: string): Resource;
}

/** Names of the two stacks, but for the stage. */
const STACKS = { inventario: /^inventario-klk-[a-z]+$/, consultas: /^inventario-klk-consultas-[a-z]+$/ };

/** What the global setup synthesized of a stage: the stack of the inventory and the sales, or that of the queries. */
export function synthesized(name: StageName, which: keyof typeof STACKS = 'inventario'): Synthesized {
  const read = (file: string): unknown => JSON.parse(readAssembled(join(name, file)));
  const { artifacts } = ManifestSchema.parse(read('manifest.json'));
  const stack = Object.keys(artifacts).find((id) => STACKS[which].test(id)) ?? '';
  const { Resources, Outputs } = TemplateSchema.parse(read(`${stack}.template.json`));
  const all = Object.entries(Resources).map(([id, resource]) => ({ id, ...resource }));
  const resources = (type: string): Resource[] => all.filter(({ Type }) => Type === type);
  return {
    all,
    outputs: Object.fromEntries(Object.entries(Outputs).map(([id, { Value }]) => [id, Value])),
    terminationProtection: artifacts[stack]?.properties?.terminationProtection ?? false,
    dependencies: artifacts[stack]?.dependencies ?? [],
    findings: ReportSchema.parse(read('validation-report.json')).pluginReports,
    resources,
    resource(type, idPrefix = '') {
      const [only, ...others] = resources(type).filter(({ id }) => id.startsWith(idPrefix));
      if (only === undefined || others.length > 0) throw new Error(`not one ${type} ${idPrefix}`);
      return only;
    },
  };
}

/** The names of the stacks of a deployment. */
export const stackNames = (name: StageName): string[] =>
  Object.keys(ManifestSchema.parse(JSON.parse(readAssembled(join(name, 'manifest.json')))).artifacts).filter(
    (id) => Object.values(STACKS).some((pattern) => pattern.test(id)),
  );

/** What synth said of a stack that breaks the rule packs. */
export const refusalOfUnsoundStack = (): string => readAssembled(REFUSAL);

const readAssembled = (file: string): string =>
  readFileSync(join(process.env[ASSEMBLIES] ?? '', file), 'utf8');

/** An intrinsic function's value as one text, the references in it by logical id. */
export function flatten(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(flatten).join('');
  const [entry] = Object.entries(z.record(z.string(), z.unknown()).parse(value));
  const [name, argument] = entry ?? ['', ''];
  if (name === 'Fn::Join')
    return z
      .tuple([z.string(), z.array(z.unknown())])
      .parse(argument)[1]
      .map(flatten)
      .join('');
  if (name === 'Fn::Sub') return z.string().parse(argument);
  if (name === 'Fn::GetAtt') return `<${z.array(z.string()).parse(argument).join('.')}>`;
  return `<${flatten(argument)}>`;
}
