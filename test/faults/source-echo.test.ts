import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KlkBehaviour } from '../../local/klk-simulator/faults.ts';
import { PAYLOAD_CANARY, answering, writing } from './klk-answers.ts';
import { HEADER_CANARY } from '../support/world.ts';
import { expectKept } from './expectations.ts';
import { useWatchedWorld } from './watched-world.ts';

const world = await useWatchedWorld();
beforeEach(async () => {
  await world.reset();
  await world.run();
});

/** Longer than any excerpt, and its end never belongs into one. */
const PAYLOAD = `${'fila '.repeat(200)}${PAYLOAD_CANARY}`;

describe('A malformed HTTP answer', () => {
  it.each([
    ['its length is no number', 'content-length: diez\r\n'],
    ['a header holds NUL', 'x-mala: \0\r\n'],
    ['it has two lengths', 'content-length: 10\r\ncontent-length: 20\r\n'],
    ['a header has no name', ': vacía\r\n'],
  ])(
    'Neither headers nor body are printed when %s, and the warehouse keeps its rows',
    async (_what, header) => {
      const answer = `HTTP/1.1 200 OK\r\nset-cookie: sesion=${PAYLOAD_CANARY}\r\n${header}\r\n${PAYLOAD}`;

      await expectKept(world, writing(answer), 'KLK_CORTADA');

      for (const line of world.lines()) expect(JSON.stringify(line).length).toBeLessThan(4_000);
    },
  );
});

describe('An error body that repeats our credential', () => {
  it.each([
    ['as it is', HEADER_CANARY],
    ['in base64', Buffer.from(HEADER_CANARY).toString('base64')],
    ['cut off by the end of the excerpt', `${'x'.repeat(190)}${HEADER_CANARY}`],
  ])('The credential is masked where the body is quoted: %s', async (_what, echoed) => {
    const message = await expectKept(
      world,
      (response) => response.writeHead(401).end(`clave ${echoed} no válida`),
      'KLK_SOLICITUD_RECHAZADA',
    );

    expect(message).toMatch(/^KLK contestó HTTP 401: clave [x*]+/);
    expect(message).not.toContain(HEADER_CANARY.slice(0, 6));
  });

  it('The credential is masked when the status is 200', async () => {
    const error = { error: { clave: HEADER_CANARY } };

    expect(await expectKept(world, answering(error), 'KLK_ERROR')).toContain('"clave":"***');
  });

  it('A long error body is not read to its end', async () => {
    const endless: KlkBehaviour = (response) => {
      response.writeHead(500);
      const send = (): void => {
        while (response.write(PAYLOAD));
      };
      response.on('drain', send);
      send();
    };

    await expectKept(world, endless, 'KLK_ERROR_SERVIDOR');
  });
});
