/** How KLK writes "no value", besides null and blanks. */
const SIN_VALOR = 'N/A';

const CONTROL_OR_SURROGATE = /[\p{Cc}\p{Cs}]/u;

/** A text attribute, and whether characters that PostgreSQL or a screen cannot hold were replaced. */
export interface Texto {
  readonly valor: string | null;
  readonly limpiado: boolean;
}

/** A text of KLK, trimmed; "no value" in any of its forms is null. What is neither text nor empty counts as cleaned away. */
export function parseTexto(value: unknown): Texto {
  if (value === undefined || value === null) return { valor: null, limpiado: false };
  if (typeof value !== 'string') return { valor: null, limpiado: true };
  const trimmed = value.trim();
  const limpiado = CONTROL_OR_SURROGATE.test(trimmed);
  const texto = limpiado
    ? trimmed
        .toWellFormed()
        .replace(/\p{Cc}+/gu, ' ')
        .trim()
    : trimmed;
  return { valor: texto === '' || texto === SIN_VALOR ? null : texto, limpiado };
}

/** Longer than any real code, and well under the 2,704 bytes a PostgreSQL index entry may have. */
const MAX_CODIGO = 200;

/** An article's code, or undefined when it cannot be trusted to name an article: no text, empty, or holding characters that would be altered. */
export function parseCodigo(value: unknown): string | undefined {
  const { valor, limpiado } = parseTexto(value);
  return valor === null || limpiado || valor.length > MAX_CODIGO ? undefined : valor;
}
