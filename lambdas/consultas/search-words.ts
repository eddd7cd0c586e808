/** The words of a search. They are in composed form (NFC), the only one whose accents the database's search ignores. */
export const toWords = (q: string): string[] =>
  q
    .normalize('NFC')
    .split(/\s+/)
    .filter((word) => word !== '');

/** The LIKE pattern of texts that contain a word. Wildcards in the word are escaped. */
export const toPattern = (word: string): string => `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
