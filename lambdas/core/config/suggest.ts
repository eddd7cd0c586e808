import { closestMatch } from 'leven';

/** Above this share of the word's letters, what is nearest is not what was meant. */
const MAX_DISTANCE_SHARE = 0.5;

/** What to type instead of a word that means nothing: the nearest that does, or all of them. */
export function suggest(word: string, known: readonly string[]): string {
  const maxDistance = Math.max(1, Math.ceil(word.length * MAX_DISTANCE_SHARE));
  const lowered = known.map((name) => name.toLowerCase());
  const match = closestMatch(word.toLowerCase(), lowered, { maxDistance });
  const nearest = match === undefined ? undefined : known[lowered.indexOf(match)];
  return nearest === undefined ? `existen: ${known.join(', ')}` : `¿quiso decir ${nearest}?`;
}
