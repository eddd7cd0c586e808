/** At most so many rejected rows are kept as received, in one answer and in one run. */
export const MAX_FILAS_RECHAZADAS = 1_000;

/** Bytes kept of a rejected row; the table's CHECK says the same. */
const MAX_FILA_BYTES = 2_048;

/** Limits of what is read of a row, so that the cost is bounded. */
const MAX_VALUES = 200;
const MAX_DEPTH = 4;
const MAX_KEY_LENGTH = 200;

/** Characters that PostgreSQL cannot store, that control a terminal, or that are invisible. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A rejected row as JSON that fits into its column. It costs the same however deep, wide or long the row is. */
export function describeFila(fila: unknown): string {
  const json = JSON.stringify(abridge(fila, MAX_DEPTH, { left: MAX_VALUES }));
  const bytes = Buffer.from(json.replace(UNPRINTABLE, escape));
  // A character cut in half at the end is left out.
  return bytes.length <= MAX_FILA_BYTES
    ? bytes.toString()
    : new TextDecoder().decode(bytes.subarray(0, MAX_FILA_BYTES), { stream: true });
}

/** The same value with what is too deep, too many or too long left out. */
function abridge(value: unknown, depth: number, budget: { left: number }): unknown {
  budget.left -= 1;
  if (typeof value === 'string') return value.slice(0, MAX_FILA_BYTES);
  if (typeof value !== 'object' || value === null) return value ?? null;
  if (depth === 0) return '…';
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return items.slice(0, Math.max(budget.left, 0)).map((item) => abridge(item, depth - 1, budget));
  }
  const entries: [string, unknown][] = [];
  for (const [campo, content] of Object.entries(value)) {
    if (budget.left <= 0) break;
    entries.push([campo.slice(0, MAX_KEY_LENGTH), abridge(content, depth - 1, budget)]);
  }
  return Object.fromEntries(entries);
}

const escape = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`,
  ).join('');
