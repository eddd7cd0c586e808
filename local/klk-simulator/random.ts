/** A pseudorandom number of 32 bits that depends on the text alone: FNV-1a with a final mix. */
export function hash(texto: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < texto.length; index += 1) {
    value = Math.imul(value ^ texto.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}

/** An element of a list, which the text decides. */
export const pick = <T>(list: readonly T[], texto: string): T => elementAt(list, hash(texto) % list.length);

/**
 * The element at an index.
 * @throws RangeError where there is none.
 */
export function elementAt<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new RangeError('no se puede elegir de una lista vacía');
  return value;
}

/** Each call returns a number from 0 up to, but not including, 1. */
export type Random = () => number;

/** A pseudorandom sequence that depends on the seed alone (mulberry32). */
export function createRandom(seed: number): Random {
  let estado = seed;
  return () => {
    estado = (estado + 0x6d2b79f5) | 0;
    let value = Math.imul(estado ^ (estado >>> 15), 1 | estado);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from 0 to `limite` - 1. */
export const pickInteger = (random: Random, limite: number): number => Math.floor(random() * limite);
