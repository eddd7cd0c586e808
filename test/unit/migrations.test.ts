import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { MIGRACION_REQUERIDA } from '../../lambdas/core/postgres/preflight.ts';

/** test/integration/migrations.test.ts checks that released ones never change, and updates the list of their hashes. */
const FOLDER = new URL('../../migrations/', import.meta.url);

const names = readdirSync(FOLDER).toSorted();

describe('the migrations', () => {
  it('are numbered without gaps, plain SQL, and alone in their folder', () => {
    for (const [index, name] of names.entries()) {
      expect(name).toMatch(/^\d{3}_[a-z][a-z0-9_]*\.sql$/);
      expect(name.slice(0, 3)).toBe(String(index + 1).padStart(3, '0'));
    }
  });

  it('are all required by the code: MIGRACION_REQUERIDA names the last one', () => {
    expect(`${MIGRACION_REQUERIDA}.sql`).toBe(names.at(-1));
  });

  it.each(names)(
    'have no comment that node-pg-migrate takes as an instruction and drops SQL for: %s',
    (name) => {
      expect(readFileSync(new URL(name, FOLDER), 'utf8')).not.toMatch(/--.*\b(up|down)\s+migration/i);
    },
  );
});
