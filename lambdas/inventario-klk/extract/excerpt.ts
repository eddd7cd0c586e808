const MAX_LENGTH = 200;

/** At most 200 characters of a foreign text on one line, safe to log. */
export function excerpt(text: string): string {
  const line = text
    .slice(0, MAX_LENGTH)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
  return line === '' ? '(vacío)' : line;
}
