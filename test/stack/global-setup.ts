import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { z } from 'zod';
import { createApp } from '../../lib/app.ts';
import { openRunFolder } from '../support/run-folder.ts';
import { ASSEMBLIES, PRODUCCION, REFUSAL, STAGE_CONTEXTS } from './stage-contexts.ts';

const CdkJson = z.object({ context: z.record(z.string(), z.unknown()) });

const NOT_BUNDLED = { 'aws:cdk:bundling-stacks': [] };

/**
 * Synthesizes every stage once, with the flags of cdk.json and the rule packs, and leaves the assemblies to the test files: loading the
 * CDK in each of them would take longer than all tests. The Lambdas are not bundled; test/integration/bundle.test.ts does that.
 */
export default async function globalSetup(): Promise<void> {
  const directory = await mkdtemp(join(openRunFolder(), 'cdk-'));
  const { context: flags } = CdkJson.parse(JSON.parse(await readFile('cdk.json', 'utf8')));
  for (const [name, stage] of Object.entries(STAGE_CONTEXTS)) {
    createApp({ outdir: join(directory, name), context: { ...flags, ...stage, ...NOT_BUNDLED } }).synth();
  }
  await writeFile(join(directory, REFUSAL), refusalOfUnsoundStack(join(directory, 'unsound')));
  process.env[ASSEMBLIES] = directory;
}

/** What synth says of a stack with a queue that takes messages in plain text. */
function refusalOfUnsoundStack(outdir: string): string {
  const app = createApp({ outdir, context: { ...PRODUCCION, ...NOT_BUNDLED } });
  new Queue(Stack.of(app.node.findChild('inventario-klk-produccion')), 'SinTls');
  try {
    app.synth();
    return '';
  } catch (error) {
    return String(error);
  }
}
