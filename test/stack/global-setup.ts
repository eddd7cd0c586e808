import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { createApp } from '../../lib/app.ts';
import { ASSEMBLIES, STAGE_CONTEXTS } from './stage-contexts.ts';

const CdkJson = z.object({ context: z.record(z.string(), z.unknown()) });

let directory = '';

/**
 * Synthesizes every stage once, with the flags of cdk.json and the rule packs, and leaves the assemblies to the test files: loading the
 * CDK in each of them would take longer than all tests. The Lambdas are not bundled; test/integration/bundle.test.ts does that.
 */
export default async function globalSetup(): Promise<void> {
  directory = await mkdtemp(join(tmpdir(), 'inventario-klk-cdk-'));
  const { context: flags } = CdkJson.parse(JSON.parse(await readFile('cdk.json', 'utf8')));
  for (const [name, stage] of Object.entries(STAGE_CONTEXTS)) {
    const context = { ...flags, ...stage, 'aws:cdk:bundling-stacks': [] };
    createApp({ outdir: join(directory, name), context }).synth();
  }
  process.env[ASSEMBLIES] = directory;
}

/** Removes the assemblies. */
export async function removeAssemblies(): Promise<void> {
  await rm(directory, { recursive: true });
}
