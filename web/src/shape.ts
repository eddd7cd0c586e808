/** Checks whether a value from outside has a shape. */
export type Guard<T> = (value: unknown) => value is T;

/** The type that a guard checks. */
export type Guarded<G> = G extends Guard<infer T> ? T : never;

type Fields = Readonly<Record<string, Guard<unknown>>>;
type Shape<F extends Fields> = { readonly [K in keyof F]: Guarded<F[K]> };

/** An answer that is not as this page expects it; the message names the field. */
export class ShapeError extends Error {}

/** The path to the field with the wrong shape, innermost first. */
const trail: string[] = [];

const fits = (guard: Guard<unknown>, value: unknown, key: string): boolean => {
  if (guard(value)) return true;
  trail.push(key);
  return false;
};

export const isText: Guard<string> = (value) => typeof value === 'string';
export const isNumber: Guard<number> = (value) => typeof value === 'number';
export const isFlag: Guard<boolean> = (value) => typeof value === 'boolean';

export const isOneOf =
  <const T extends string>(...words: readonly T[]): Guard<T> =>
  (value): value is T =>
    words.some((word) => word === value);

export const isNullable =
  <T>(guard: Guard<T>): Guard<T | null> =>
  (value): value is T | null =>
    value === null || guard(value);

/** A field that older answers do not have. */
export const isOptional =
  <T>(guard: Guard<T>): Guard<T | null | undefined> =>
  (value): value is T | null | undefined =>
    value === undefined || value === null || guard(value);

export const isList =
  <T>(guard: Guard<T>): Guard<readonly T[]> =>
  (value): value is readonly T[] =>
    Array.isArray(value) && value.every((item, index) => fits(guard, item, String(index)));

export const isPair =
  <A, B>(first: Guard<A>, second: Guard<B>): Guard<readonly [A, B]> =>
  (value): value is readonly [A, B] =>
    Array.isArray(value) && value.length === 2 && first(value[0]) && second(value[1]);

/** An object with at least these fields. */
export const isObject =
  <F extends Fields>(fields: F): Guard<Shape<F>> =>
  (value): value is Shape<F> =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(fields).every(([key, guard]) => fits(guard, Reflect.get(value, key), key));

/**
 * The value, known to have the shape.
 * @throws ShapeError when it has not
 */
export function parse<T>(guard: Guard<T>, value: unknown): T {
  trail.length = 0;
  if (guard(value)) return value;
  throw new ShapeError(trail.toReversed().join('.'));
}
