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

/** A state in the colour of how good it is. */
export const paintEstado = (estado: string): string => paint(COLOURS[estado] ?? 'reset', estado);
