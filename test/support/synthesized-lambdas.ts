import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const LambdaSchema = z.object({
  Type: z.literal('AWS::Lambda::Function'),
  Properties: z.object({
    Code: z.object({ S3Key: z.string() }),
    Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
  }),
});

const AlarmSchema = z.object({
  Type: z.literal('AWS::CloudWatch::Alarm'),
  Properties: z.object({
    Namespace: z.string(),
    MetricName: z.string(),
    Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })),
  }),
});

const TemplateSchema = z.object({ Resources: z.record(z.string(), z.unknown()) });

/** A Lambda as it would be uploaded. */
export interface SynthesizedLambda {
  /** The folder that becomes the archive, outside of the project: nothing in it can lean on node_modules. */
  readonly asset: string;
  /** The environment variables of the template whose value is known before the deployment. */
  readonly variables: Readonly<Record<string, string>>;
}

/** The metric that an alarm watches. */
type WatchedMetric = z.infer<typeof AlarmSchema>['Properties'];

/** A development stage, bundled as `cdk deploy` would. */
export interface SynthesizedStage {
  readonly inventario: SynthesizedLambda;
  readonly migraciones: SynthesizedLambda;
  readonly watched: readonly WatchedMetric[];
  remove(): Promise<void>;
}

/** Runs `bin/app.ts` as the CDK's command does. */
export async function synthesizeDesarrollo(): Promise<SynthesizedStage> {
  const directory = await mkdtemp(join(tmpdir(), 'inventario-klk-cdk-'));
  const context = { ambiente: 'desarrollo', klkCidr: '203.0.113.10/32', klkPuerto: '7002' };
  const app = spawn(process.execPath, ['bin/app.ts'], {
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      CDK_OUTDIR: directory,
      CDK_CONTEXT_JSON: JSON.stringify(context),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said] = await Promise.all([text(app.stderr), once(app, 'exit')]);
  if (app.exitCode !== 0) throw new Error(said);
  const template = await readFile(join(directory, 'inventario-klk-desarrollo.template.json'), 'utf8');
  const resources = Object.entries(TemplateSchema.parse(JSON.parse(template)).Resources);
  const lambda = (idPrefix: string): SynthesizedLambda => {
    const [found] = resources
      .filter(([id]) => id.startsWith(idPrefix))
      .flatMap(([, resource]) => LambdaSchema.safeParse(resource).data?.Properties ?? []);
    const { Code, Environment } = LambdaSchema.shape.Properties.parse(found);
    const known = Object.entries(Environment.Variables).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value] as const] : [],
    );
    return {
      asset: join(directory, `asset.${Code.S3Key.replace('.zip', '')}`),
      variables: Object.fromEntries(known),
    };
  };
  return {
    inventario: lambda('Inventario'),
    migraciones: lambda('Migraciones'),
    watched: resources.flatMap(([, resource]) => AlarmSchema.safeParse(resource).data?.Properties ?? []),
    remove: () => rm(directory, { recursive: true }),
  };
}
