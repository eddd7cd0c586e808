import { expect, it } from '@jest/globals';
import { oncePerInstantanea } from '../../../lambdas/consultas/queries/once-per-instantanea.ts';
import type { Queryable } from '../../../lambdas/core/postgres/connection.ts';

/** The readers of these tests ask nothing. */
const client: Queryable = {
  query: () => {
    throw new Error('nothing is asked');
  },
};

it('It reads once for the same arguments, and again for others or once the data changed', async () => {
  const asked: string[] = [];
  const read = oncePerInstantanea((_client, tiendas: readonly string[]) => {
    asked.push(tiendas.join());
    return Promise.resolve(asked.length);
  });
  const [before, after] = [
    { version: '1', hoy: '2026-11-18' },
    { version: '2', hoy: '2026-11-18' },
  ];

  expect(await read(client, before, ['a', 'b'])).toBe(1);
  expect(await Promise.all([read(client, before, ['a', 'b']), read(client, before, ['a'])])).toEqual([1, 2]);
  expect(await read(client, after, ['a', 'b'])).toBe(3);
  expect(asked).toEqual(['a,b', 'a', 'a,b']);
});

it('It does not keep a failure', async () => {
  let failing = true;
  const read = oncePerInstantanea(() =>
    failing ? Promise.reject(new Error('lost')) : Promise.resolve('read'),
  );
  const instantanea = { version: '1', hoy: '2026-11-18' };

  await expect(read(client, instantanea)).rejects.toThrow('lost');
  failing = false;
  expect(await read(client, instantanea)).toBe('read');
});
