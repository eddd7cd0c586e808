import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { MIGRACION_REQUERIDA } from '../../lambdas/inventario-klk/contract.ts';

const FOLDER = new URL('../../migrations/', import.meta.url);
/** `<sha256>  <name>`, as sha256sum writes it; a new migration adds its line, and no line ever changes. */
const LANDED = new URL('../fixtures/migrations.sha256', import.meta.url);

const names = readdirSync(FOLDER).toSorted();
const read = (name: string): Buffer => readFileSync(new URL(name, FOLDER));

describe('the migrations', () => {
  it('never change once they have landed: add a new one instead', () => {
    const lines = names.map((name) => `${createHash('sha256').update(read(name)).digest('hex')}  ${name}\n`);

    expect(lines.join('')).toBe(readFileSync(LANDED, 'utf8'));
  });

  it('are numbered without gaps, plain SQL, and alone in their folder', () => {
    for (const [index, name] of names.entries()) {
      expect(name).toMatch(/^\d{3}_[a-z][a-z0-9_]*\.sql$/);
      expect(name.slice(0, 3)).toBe(String(index + 1).padStart(3, '0'));
    }
  });

  it('are all required by the code that was written for them', () => {
    expect(`${MIGRACION_REQUERIDA}.sql`).toBe(names.at(-1));
  });

  it.each(names)(
    'hold no comment that node-pg-migrate takes for an order, nor one for the way back: %s',
    (name) => {
      expect(read(name).toString()).not.toMatch(/--.*\b(up|down)\s+migration/i);
    },
  );
});
