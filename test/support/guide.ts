import { readFileSync } from 'node:fs';

/** The text of one of the project's documents. */
export const readDocument = (name: string): string =>
  readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

/** The blocks of code in one language below a heading of a document, up to the next heading; of the whole document without one. */
export function codeBlocks(document: string, language: string, heading?: string): string[] {
  const [, rest = ''] = heading === undefined ? ['', document] : document.split(`# ${heading}\n`);
  const section = heading === undefined ? rest : (rest.split(/^#{2,} /m)[0] ?? '');
  return [...section.matchAll(/^ *```(\w+)\n([^]*?)^ *```$/gm)].flatMap(([, written, code = '']) =>
    written === language ? [code] : [],
  );
}
