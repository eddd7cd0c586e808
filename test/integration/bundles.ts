import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const Lambda = z.object({
  Type: z.literal('AWS::Lambda::Function'),
  Properties: z.object({
    Code: z.object({ S3Key: z.string() }),
    Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
  }),
});

const Alarm = z.object({
  Type: z.literal('AWS::CloudWatch::Alarm'),
  Properties: z.object({
    Namespace: z.string(),
    MetricName: z.string(),
    Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })),
  }),
});

const Deployment = z.object({
  Type: z.literal('Custom::CDKBucketDeployment'),
  Properties: z.object({ SourceObjectKeys: z.array(z.string()) }),
});

const Template = z.object({ Resources: z.record(z.string(), z.unknown()) });

/** A Lambda as it would be uploaded. */
interface SynthesizedLambda {
  /** The folder that becomes the archive, outside of the project, so that no import can be resolved from node_modules. */
  readonly asset: string;
  /** The environment variables of the template whose value is known before the deployment. */
  readonly variables: Readonly<Record<string, string>>;
}

/** A development stage, bundled as `cdk deploy` would. */
export interface SynthesizedStage {
  readonly inventario: SynthesizedLambda;
  readonly ventas: SynthesizedLambda;
  readonly migraciones: SynthesizedLambda;
  /** The metrics that its alarms watch. */
  readonly watched: readonly z.infer<typeof Alarm>['Properties'][];
  remove(): Promise<void>;
}

/** The stack of the queries of a development stage, bundled as `cdk deploy` would. */
export interface SynthesizedConsultas {
  readonly lambda: SynthesizedLambda;
  /** The folder with the files of the page. */
  readonly page: string;
  remove(): Promise<void>;
}

export async function synthesizeDesarrollo(): Promise<SynthesizedStage> {
  const { directory, remove } = await synthesize({});
  const resources = await readResources(directory, 'inventario-klk-desarrollo');
  return {
    inventario: findLambda(directory, resources, 'Inventario'),
    ventas: findLambda(directory, resources, 'Ventas'),
    migraciones: findLambda(directory, resources, 'Migraciones'),
    watched: resources.flatMap(([, resource]) => Alarm.safeParse(resource).data?.Properties ?? []),
    remove,
  };
}

export async function synthesizeConsultas(): Promise<SynthesizedConsultas> {
  const { directory, remove } = await synthesize({ consultas: 'si' });
  const resources = await readResources(directory, 'inventario-klk-consultas-desarrollo');
  const [page] = resources
    .filter(([id]) => id.startsWith('PaginaPiezas'))
    .flatMap(([, resource]) => Deployment.safeParse(resource).data?.Properties.SourceObjectKeys ?? []);
  return {
    lambda: findLambda(directory, resources, 'Consultas'),
    page: assetFolder(directory, page ?? ''),
    remove,
  };
}

const CdkJson = z.object({ context: z.record(z.string(), z.unknown()) });

/** Runs `bin/app.ts` as the CDK's command does, with the flags of cdk.json. */
async function synthesize(
  context: Readonly<Record<string, string>>,
): Promise<{ readonly directory: string; readonly remove: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'inventario-klk-cdk-'));
  const { context: flags } = CdkJson.parse(JSON.parse(await readFile('cdk.json', 'utf8')));
  const app = spawn(process.execPath, ['bin/app.ts'], {
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      CDK_OUTDIR: directory,
      CDK_CONTEXT_JSON: JSON.stringify({
        ...flags,
        ambiente: 'desarrollo',
        klkCidr: '203.0.113.10/32',
        klkPuerto: '7002',
        ...context,
      }),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said] = await Promise.all([text(app.stderr), once(app, 'exit')]);
  if (app.exitCode !== 0) throw new Error(said);
  return { directory, remove: () => rm(directory, { recursive: true }) };
}

type Resources = readonly (readonly [id: string, resource: unknown])[];

async function readResources(directory: string, stack: string): Promise<Resources> {
  const template = await readFile(join(directory, `${stack}.template.json`), 'utf8');
  return Object.entries(Template.parse(JSON.parse(template)).Resources);
}

const assetFolder = (directory: string, key: string): string =>
  join(directory, `asset.${key.replace('.zip', '')}`);

function findLambda(directory: string, resources: Resources, idPrefix: string): SynthesizedLambda {
  const [found] = resources
    .filter(([id]) => id.startsWith(idPrefix))
    .flatMap(([, resource]) => Lambda.safeParse(resource).data?.Properties ?? []);
  const { Code, Environment } = Lambda.shape.Properties.parse(found);
  const known = Object.entries(Environment.Variables).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
  return { asset: assetFolder(directory, Code.S3Key), variables: Object.fromEntries(known) };
}

/** How a bundle answered, and what it wrote to standard output. */
export interface BundleInvocation {
  readonly node: string;
  /** What the import of the bundle took. */
  readonly importMs: number;
  /** The most memory that the process ever held, in MB. */
  readonly peakMb: number;
  readonly result?: unknown;
  readonly error?: { readonly name: string; readonly message: string } | undefined;
  readonly log: string;
}

const Answer = z.object({
  node: z.string(),
  importMs: z.number(),
  peakMb: z.number(),
  result: z.unknown().optional(),
  error: z.object({ name: z.string(), message: z.string() }).optional(),
});

/** What Lambda's runtime does: import the bundle, call the handler, report, here as the last line. */
const RUNTIME = `
  const start = performance.now();
  const { handler } = await import(process.env.PRUEBA_BUNDLE);
  const answer = { node: process.version, importMs: performance.now() - start };
  try {
    const context = { awsRequestId: 'prueba', getRemainingTimeInMillis: () => 60_000 };
    answer.result = await handler(JSON.parse(process.env.PRUEBA_EVENTO), context);
  } catch ({ name, message }) {
    answer.error = { name, message };
  }
  answer.peakMb = process.resourceUsage().maxRSS / 1024;
  process.stdout.write('\\n' + JSON.stringify(answer));
`;

/** Invokes a bundle in a process of its own, with nothing in its environment but the template's variables and these. */
export async function invokeBundle(
  { asset, variables }: SynthesizedLambda,
  event: unknown,
  environment: Readonly<Record<string, string>>,
): Promise<BundleInvocation> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', RUNTIME], {
    cwd: asset,
    env: {
      ...variables,
      ...environment,
      PRUEBA_BUNDLE: join(asset, 'index.mjs'),
      PRUEBA_EVENTO: JSON.stringify(event),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  if (child.exitCode !== 0) throw new Error(`the bundle ended with ${String(child.exitCode)}: ${stderr}`);
  const lines = stdout.split('\n');
  return { ...Answer.parse(JSON.parse(lines.at(-1) ?? '')), log: lines.slice(0, -1).join('\n') };
}
