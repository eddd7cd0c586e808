import { closestMatch } from 'leven';

/** A known word that differs in more than this share of the letters is not suggested. */
const MAX_DISTANCE_SHARE = 0.5;

/** What to type instead of an unknown word: the nearest known one, or all of them. */
export function suggest(word: string, known: readonly string[]): string {
  const maxDistance = Math.max(1, Math.ceil(word.length * MAX_DISTANCE_SHARE));
  const lowered = known.map((name) => name.toLowerCase());
  const match = closestMatch(word.toLowerCase(), lowered, { maxDistance });
  const nearest = match === undefined ? undefined : known[lowered.indexOf(match)];
  return nearest === undefined ? `existen: ${known.join(', ')}` : `¿quiso decir ${nearest}?`;
}
