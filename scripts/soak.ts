import { runJest } from './fault-suite.ts';
import type { SuiteOutcome } from './fault-suite.ts';

/** `npm run soak -- [TIMES]`: runs the fault suite 20 times or `TIMES`, then the tests that take too long for `npm test`. */
const times = Number(process.argv[2] ?? 20);
if (!Number.isInteger(times) || times < 1) {
  process.stderr.write('Usage: npm run soak -- [TIMES]\n');
  process.exit(2);
}

const root = new URL('..', import.meta.url).pathname;
const outcomes: SuiteOutcome[] = [];

async function run(name: string, args: readonly string[]): Promise<void> {
  const start = performance.now();
  const outcome = await runJest(root, args);
  outcomes.push(outcome);
  const seconds = Math.round((performance.now() - start) / 1000);
  process.stdout.write(`${name}: ${outcome.passed} passed, ${outcome.failed} failed in ${seconds} s\n`);
  if (outcome.failed > 0) process.stdout.write(`${outcome.messages}\n`);
}

for (let round = 1; round <= times; round += 1) {
  await run(`fault suite ${round} of ${times}`, ['--selectProjects=faults']);
}
await run('200 kills, and the server freeing a lock', ['--config=test/soak/jest.config.js']);

const sum = (count: (outcome: SuiteOutcome) => number): number =>
  outcomes.reduce((total, outcome) => total + count(outcome), 0);
const failed = sum((outcome) => outcome.failed);
process.stdout.write(`${sum((outcome) => outcome.passed)} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
