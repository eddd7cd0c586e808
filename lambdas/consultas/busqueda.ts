/** The words of a search, of composed characters: the database knows no other accents. */
export const toPalabras = (q: string): string[] =>
  q
    .normalize('NFC')
    .split(/\s+/)
    .filter((palabra) => palabra !== '');

/** A pattern of LIKE that is met by every text in which a word stands as it is. */
export const toPattern = (palabra: string): string => `%${palabra.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
