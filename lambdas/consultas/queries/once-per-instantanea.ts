import type { Queryable } from '../../core/postgres/connection.ts';
import type { Instantanea } from './read-instantanea.ts';

/**
 * A reader that asks the database once for the same arguments while the data are the same. Only for small results of few different arguments: they are kept until the data
 * change.
 */
export function oncePerInstantanea<A extends readonly unknown[], T>(
  read: (client: Queryable, ...args: A) => Promise<T>,
): (client: Queryable, instantanea: Instantanea, ...args: A) => Promise<T> {
  const held = new WeakMap<Instantanea, Map<string, Promise<T>>>();
  return async (client, instantanea, ...args) => {
    const results = held.get(instantanea) ?? new Map<string, Promise<T>>();
    held.set(instantanea, results);
    const key = JSON.stringify(args);
    const result = results.get(key) ?? read(client, ...args);
    results.set(key, result);
    return result.catch((error: unknown) => {
      results.delete(key);
      throw error;
    });
  };
}
