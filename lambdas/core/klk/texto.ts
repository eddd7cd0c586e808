/** KLK's text for "no value", besides null and blanks. */
const SIN_VALOR = 'N/A';

const CONTROL_OR_SURROGATE = /[\p{Cc}\p{Cs}]/u;

/** A text attribute, and whether characters that PostgreSQL or a screen cannot hold were replaced. */
export interface Texto {
  readonly valor: string | null;
  readonly limpiado: boolean;
}

/** A text of KLK, trimmed; "no value" in any of its forms is null. A value that is no text is null and counts as cleaned. */
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
export const MAX_CODIGO = 200;

/**
 * Characters that are invisible, look like a space or change the direction of reading: a code with one of them looks like another code.
 * U+2800 is a symbol in Unicode, but blank on the screen.
 */
const INVISIBLE = /[[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]--[ ]]/v;

/**
 * An article's code; undefined when it is no text, empty, or looks like another code without being the same.
 */
export function parseCodigo(value: unknown): string | undefined {
  const { valor, limpiado } = parseTexto(value);
  if (valor === null || limpiado || valor.length > MAX_CODIGO) return undefined;
  return INVISIBLE.test(valor) || valor !== valor.normalize('NFC') ? undefined : valor;
}

/** The category of an article for which KLK names none. */
export const SIN_CATEGORIA = 'SIN CATEGORIA';

/** Limits of the unknown fields that are reported: how many names, and the length of each. */
const MAX_CAMPOS = 20;
const MAX_CAMPO_LENGTH = 60;

/** Names of unknown fields as they are reported: in order, few, short and printable, because KLK may send any. */
export const nameCampos = (campos: ReadonlySet<string>): string[] =>
  [...campos]
    .sort()
    .slice(0, MAX_CAMPOS)
    .flatMap((campo) => parseTexto(campo.slice(0, MAX_CAMPO_LENGTH)).valor ?? []);
