import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readText } from '../../../lambdas/core/klk/read-text.ts';

const MAX_BYTES = 1_000;

/** The text of bytes that arrive so many at a time. */
const read = (bytes: Uint8Array, atATime: number): Promise<string> =>
  readText(
    (async function* () {
      for (let at = 0; at < bytes.length; at += atATime) {
        await Promise.resolve();
        yield bytes.subarray(at, at + atATime);
      }
    })(),
    MAX_BYTES,
  );

describe('the bytes of an answer', () => {
  it('are text, every character kept, wherever they are cut', async () => {
    const texts = fc.string({
      unit: fc.constantFrom('a', 'ñ', '€', '🥑', '\uFEFF', '\u0000'),
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 9 }), async (text, atATime) => {
        expect(await read(Buffer.from(`x${text}`), atATime)).toBe(`x${text}`);
      }),
    );
  });

  it.each([1, 2, 3, 4, 100])('may start with one byte order mark: %i bytes at a time', async (atATime) => {
    expect(await read(Buffer.from('\uFEFF[1]'), atATime)).toBe('[1]');
    expect(await read(Buffer.from('\uFEFF\uFEFF[1]'), atATime)).toBe('\uFEFF[1]');
  });

  it.each([
    ['a lone byte', [0xff]],
    ['Latin-1', [0xd1, 0x41]],
    ['an overlong form', [0xc0, 0xaf]],
    ['half a character', [0xc3]],
    ['an encoded surrogate', [0xed, 0xa0, 0x80]],
    ['nothing but continuations', [0x80, 0x80, 0x80, 0x80, 0x80]],
  ])('are refused when they are not UTF-8: %s', async (_what, bytes) => {
    for (const [before, after] of [
      ['', ''],
      ['€', '"'],
      ['xyz', ''],
    ] as const) {
      const all = Buffer.concat([Buffer.from(before), Uint8Array.from(bytes), Buffer.from(after)]);
      for (let atATime = 1; atATime < 8; atATime += 1) {
        await expect(read(all, atATime)).rejects.toMatchObject({
          codigo: 'KLK_CONTRATO',
          message: 'La respuesta de KLK no es UTF-8 válido',
        });
      }
    }
  });

  it('are refused as soon as they hold too many values', async () => {
    await expect(read(Buffer.from('[{},{},'.repeat(100)), 10)).rejects.toMatchObject({
      codigo: 'KLK_DEMASIADO_GRANDE',
    });
  });
});
