import fc from 'fast-check';

/**
 * A property of as many cases as begin within `limitMs`, so that a busy machine tries fewer. A case that has begun ends: the time limits of fast-check abandon
 * it, and it would go on inside the next test.
 */
export function propertyWithin<T>(
  limitMs: number,
  arbitrary: fc.Arbitrary<T>,
  check: (value: T) => Promise<void>,
): fc.IAsyncProperty<[T]> {
  const end = performance.now() + limitMs;
  return fc.asyncProperty(arbitrary, async (value) => {
    if (performance.now() < end) await check(value);
  });
}
