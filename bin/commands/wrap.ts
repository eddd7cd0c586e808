/** Columns of the narrowest terminal that anyone uses. */
export const TERMINAL_WIDTH = 80;

/** A text in lines of at most `width` characters, broken at blanks; only a word longer than a line is broken itself. */
export function wrap(text: string, width: number = TERMINAL_WIDTH): string {
  const line = new RegExp(`.{1,${width}}(?=\\s|$)|.{${width}}|.+`, 'gu');
  return text
    .split('\n')
    .map((paragraph) => (paragraph.match(line) ?? []).map((part) => part.trim()).join('\n'))
    .join('\n');
}
