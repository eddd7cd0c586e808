import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { SynthesizedLambda } from './synthesized-lambdas.ts';

/** How an invocation ended, and what it wrote to standard output. */
export interface Invocation {
  readonly node: string;
  /** The most memory that the process ever held, in MB. */
  readonly peakMb: number;
  readonly result?: unknown;
  readonly error?: { readonly name: string; readonly message: string } | undefined;
  readonly log: string;
}

const AnswerSchema = z.object({
  node: z.string(),
  peakMb: z.number(),
  result: z.unknown().optional(),
  error: z.object({ name: z.string(), message: z.string() }).optional(),
});

/** What Lambda's runtime does: import the bundle, call the handler, report, here as the last line. */
const RUNTIME = `
  const { handler } = await import(process.env.PRUEBA_BUNDLE);
  const answer = { node: process.version };
  try {
    const context = { awsRequestId: 'prueba', getRemainingTimeInMillis: () => 60_000 };
    answer.result = await handler(JSON.parse(process.env.PRUEBA_EVENTO), context);
  } catch ({ name, message }) {
    answer.error = { name, message };
  }
  answer.peakMb = process.resourceUsage().maxRSS / 1024;
  process.stdout.write('\\n' + JSON.stringify(answer));
`;

/** Invokes a bundle in a process of its own, with nothing in its environment but what Lambda and `variables` put there. */
export async function invoke(
  { asset, variables }: SynthesizedLambda,
  event: unknown,
  environment: Readonly<Record<string, string>>,
): Promise<Invocation> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', RUNTIME], {
    cwd: asset,
    env: {
      ...variables,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'prueba',
      AWS_SECRET_ACCESS_KEY: 'prueba',
      ...environment,
      PRUEBA_BUNDLE: join(asset, 'index.mjs'),
      PRUEBA_EVENTO: JSON.stringify(event),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  if (child.exitCode !== 0) throw new Error(`the bundle ended with ${String(child.exitCode)}: ${stderr}`);
  const lines = stdout.split('\n');
  return { ...AnswerSchema.parse(JSON.parse(lines.at(-1) ?? '')), log: lines.slice(0, -1).join('\n') };
}
