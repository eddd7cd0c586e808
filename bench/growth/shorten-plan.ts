const indentOf = (line: string): number => line.search(/\S/);

/** Nodes are alike when only numbers differ, except the numbers of rows. */
const shapeOf = (node: readonly string[]): string =>
  node.join('\n').replaceAll(/(rows=\d+)|\d+/g, (_number, rows: string | undefined) => rows ?? '#');

/** The lines of a plan of EXPLAIN ANALYZE, without nodes that never ran, and with one of several like partitions. */
export function shortenPlan(lines: readonly string[]): string[] {
  const short: string[] = [];
  let previous: string | undefined;
  let alike = 0;
  const tellAlike = (indent: number): void => {
    if (alike > 0) short.push(`${' '.repeat(indent)}... ${alike} more like it`);
    alike = 0;
  };
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? '';
    const indent = indentOf(line);
    const isNode = line.startsWith('->', indent);
    const next = lines.findIndex((other, index) => index > at && indentOf(other) <= indent);
    const end = !isNode ? at + 1 : next < 0 ? lines.length : next;
    const node = [line, ...shortenPlan(lines.slice(at + 1, end))];
    const shape = isNode ? shapeOf(node) : undefined;
    if (shape !== undefined && shape === previous) {
      alike += 1;
    } else if (!line.includes('(never executed)')) {
      tellAlike(indent);
      short.push(...node);
      previous = shape;
    }
    at = end;
    if (at === lines.length) tellAlike(indent);
  }
  return short;
}
