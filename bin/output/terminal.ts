import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

const COLOURS: Readonly<Record<string, Format>> = {
  ok: 'green',
  cargado: 'green',
  cargada: 'green',
  simulado: 'green',
  exitosa: 'green',
  simulada: 'green',
  'al día': 'green',
  completo: 'green',
  provisional: 'cyan',
  falta: 'yellow',
  omitido: 'yellow',
  omitida: 'yellow',
  parcial: 'yellow',
  en_curso: 'cyan',
  'nunca cargado': 'red',
  'en el futuro': 'red',
  atrasado: 'red',
  falla: 'red',
  fallido: 'red',
  fallida: 'red',
  abandonada: 'red',
};

/** A text for standard output, plain without a terminal or with NO_COLOR. */
export const paint = (format: Format, text: string): string =>
  styleText(format, text, { stream: process.stdout });

/** A state in its colour: green, yellow or red. */
export const paintEstado = (estado: string): string => paint(COLOURS[estado] ?? 'reset', estado);

/** Columns of the narrowest terminal supported. */
export const TERMINAL_WIDTH = 80;

/** A text in lines of at most `width` characters, broken at blanks; only a word longer than a line is broken itself. */
export function wrap(text: string, width: number = TERMINAL_WIDTH): string {
  const line = new RegExp(`.{1,${width}}(?=\\s|$)|.{${width}}|.+`, 'gu');
  return text
    .split('\n')
    .map((paragraph) => (paragraph.match(line) ?? []).map((part) => part.trim()).join('\n'))
    .join('\n');
}

/** A text in lines that follow a mark of two characters, such as `✗ `. Ends with a line feed. */
export const wrapBehindMark = (text: string): string =>
  `${wrap(text, TERMINAL_WIDTH - 2).replaceAll('\n', '\n  ')}\n`;

/** A warning on standard error, where it cannot be taken for part of an answer. */
export const warn = (message: string): void => void process.stderr.write(`! ${message}\n`);
