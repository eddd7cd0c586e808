import { readFileSync, readdirSync } from 'node:fs';
import { expect, it } from '@jest/globals';

const FOLDER = new URL('../../.github/workflows/', import.meta.url);

it('A workflow names each action by its commit, with its version in a comment, because a tag can be moved', () => {
  const uses = readdirSync(FOLDER).flatMap((file) =>
    [...readFileSync(new URL(file, FOLDER), 'utf8').matchAll(/^.*\buses:.*$/gm)].map(([line]) => line.trim()),
  );
  expect(uses.length).toBeGreaterThan(0);
  for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});
