/** FNV-1a with a final mix: a random-looking number of 32 bits that depends on nothing but the text. */
export function hash(texto: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < texto.length; index += 1) {
    value = Math.imul(value ^ texto.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}

/** The element of a list that a text always picks. */
export const pick = <T>(list: readonly T[], texto: string): T => elementAt(list, hash(texto) % list.length);

/**
 * An element that must be there.
 * @throws RangeError where there is none.
 */
export function elementAt<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new RangeError('no se puede elegir de una lista vacía');
  return value;
}

/** A number from 0 up to 1 for each call. */
export type Azar = () => number;

/** A random-looking sequence that depends on nothing but its seed (mulberry32). */
export function createAzar(semilla: number): Azar {
  let estado = semilla;
  return () => {
    estado = (estado + 0x6d2b79f5) | 0;
    let value = Math.imul(estado ^ (estado >>> 15), 1 | estado);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number of 0 up to `limite` - 1. */
export const pickEntero = (azar: Azar, limite: number): number => Math.floor(azar() * limite);
