import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PAYLOAD_CANARY } from '../support/existencias.ts';
import type { Behaviour } from '../support/faulty-klk.ts';
import { answering, writing } from '../support/faulty-klk.ts';
import { HEADER_CANARY } from '../support/pipeline-run.ts';
import { createScene } from '../support/run-harness.ts';
import type { Scene } from '../support/run-harness.ts';
import { expectKept } from './kept.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await createScene();
});
beforeEach(async () => {
  await scene.reset();
  await scene.run();
});
afterAll(() => scene.close());

/** Longer than any excerpt, and its end never belongs into one. */
const PAYLOAD = `${'fila '.repeat(200)}${PAYLOAD_CANARY}`;

describe('a malformed HTTP answer', () => {
  it.each([
    ['its length is no number', 'content-length: diez\r\n'],
    ['a header holds NUL', 'x-mala: \0\r\n'],
    ['it has two lengths', 'content-length: 10\r\ncontent-length: 20\r\n'],
    ['a header has no name', ': vacía\r\n'],
  ])('keeps the warehouse, and neither its headers nor its body are told when %s', async (_what, header) => {
    const answer = `HTTP/1.1 200 OK\r\nset-cookie: sesion=${PAYLOAD_CANARY}\r\n${header}\r\n${PAYLOAD}`;

    await expectKept(scene, writing(answer), 'KLK_CORTADA', { klk: { timeoutMs: 500 } });

    for (const line of scene.lines()) expect(JSON.stringify(line).length).toBeLessThan(4_000);
  });
});

describe('an error body that echoes a credential', () => {
  const status =
    (code: number, body: string): Behaviour =>
    (response) => {
      response.writeHead(code).end(body);
    };

  it.each([
    ['as it is', HEADER_CANARY],
    ['in base64', Buffer.from(HEADER_CANARY).toString('base64')],
    ['cut by the end of the excerpt', `${'x'.repeat(190)}${HEADER_CANARY}`],
  ])('is quoted without it: %s', async (_what, echoed) => {
    const message = await expectKept(
      scene,
      status(401, `clave ${echoed} no válida`),
      'KLK_SOLICITUD_RECHAZADA',
    );

    expect(message).toMatch(/^KLK contestó HTTP 401: clave [x*]+/);
    expect(message).not.toContain(HEADER_CANARY.slice(0, 6));
  });

  it('is quoted without it when the status is 200', async () => {
    const error = { error: { clave: HEADER_CANARY } };

    expect(await expectKept(scene, answering(error), 'KLK_ERROR')).toContain('"clave":"***');
  });

  it('is not read to its end when it is long', async () => {
    const endless: Behaviour = (response) => {
      response.writeHead(500);
      const send = (): void => {
        while (response.write(PAYLOAD));
      };
      response.on('drain', send);
      send();
    };

    await expectKept(scene, endless, 'KLK_ERROR_SERVIDOR');
  });
});
