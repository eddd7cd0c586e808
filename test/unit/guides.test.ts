import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { codeBlocks, readDocument } from '../support/guide.ts';

const GUIDES = [
  'README.md',
  'CONTRIBUTING.md',
  'docs/despliegue.md',
  'docs/operacion.md',
  'docs/errores.md',
  'docs/arquitectura.md',
];

/** What can follow `npm run etl --` or `npm run local --` where it is written down. */
const KNOWN =
  /^(estado|historial|diagnostico|tiendas|rechazos|reporte|servir|--(dry-run|tiendas|forzar|solo-fallidas|json|falla)\b|<comando>|\[flags\])/;

/** A heading's anchor, as GitHub makes it. */
const toAnchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (document: string): string[] =>
  [...readDocument(document).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => toAnchor(heading));

describe.each(GUIDES)('%s', (guide) => {
  const text = readDocument(guide);

  it('links to files and headings that exist', () => {
    const broken = [...text.matchAll(/\]\(([^)]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^https?:/.test(target))
      .filter((target) => {
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? guide : join(dirname(guide), path);
        if (!existsSync(new URL(`../../${file}`, import.meta.url))) return true;
        return anchor !== undefined && !anchorsOf(file).includes(anchor);
      });
    expect(broken).toEqual([]);
  });

  it('names no command that does not exist', () => {
    const asked = [...text.matchAll(/npm run (?:-s )?(?:etl|local) -- (\S+)/g)].map(([, word = '']) => word);
    expect(asked.filter((word) => !KNOWN.test(word))).toEqual([]);
  });
});

describe('docs/operacion.md', () => {
  it('answers every command of the predecessor in a table', () => {
    const [, table = ''] = readDocument('docs/operacion.md').split(/^## Antes y ahora$/m);
    for (const task of [
      '--dry-run',
      '--tiendas',
      'run_migrations',
      'tail -f',
      'grep "ERROR"',
      'RESUMEN ETL',
      'docker-compose',
    ])
      expect(table).toContain(task);
  });

  it('has jq for the same questions as Logs Insights', () => {
    const [jq = '', insights = ''] = ['bash', 'text'].map((language) =>
      codeBlocks(readDocument('docs/operacion.md'), language, 'Leer los registros').join(''),
    );
    const questions = ['el último resumen', 'los errores de una tienda', 'las tiendas más lentas'];
    for (const question of questions)
      for (const block of [jq, insights]) expect(block).toContain(`# ${question}`);
  });
});
