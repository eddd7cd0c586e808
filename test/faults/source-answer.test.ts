import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createMeta } from '../../local/klk-simulator/answer.ts';
import { PAYLOAD_CANARY, existencias, toFilas, toRespuesta } from '../support/existencias.ts';
import { answering, simulated } from '../support/faulty-klk.ts';
import { createScene } from '../support/run-harness.ts';
import type { Scene } from '../support/run-harness.ts';
import { expectKept, expectNotRetried, expectRetried } from './kept.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await createScene();
});
beforeEach(async () => {
  await scene.reset();
  await scene.run();
});
afterAll(() => scene.close());

/** Version 2 of AAA as KLK would send it. */
const filas = toFilas(existencias('AAA', 2));
const respuesta = toRespuesta('AAA', filas);
const bytes = Buffer.from(JSON.stringify(respuesta));

describe('truncated JSON, HTML with 200, empty body, `null`, wrong shape', () => {
  const html = `<html>\u0000\u001b[31m\r\n<h1>Servicio no disponible</h1>${'<p>relleno</p>'.repeat(500)}${PAYLOAD_CANARY}</html>`;

  it.each([
    ['truncated JSON', bytes.subarray(0, bytes.length / 2)],
    ['HTML', Buffer.from(html)],
    ['an empty body', Buffer.alloc(0)],
    ['null', Buffer.from('null')],
    ['another shape', Buffer.from(JSON.stringify({ resultado: { filas } }))],
    ['the bare list of an old server', Buffer.from(JSON.stringify(filas))],
    ['a number', Buffer.from('210')],
  ])('keeps the warehouse and breaks no contract silently: %s', async (_what, body) => {
    const mensaje = await expectKept(scene, answering(body), 'KLK_CONTRATO');
    expect(mensaje.length).toBeLessThan(300);
    expect(mensaje).not.toMatch(/\p{Cc}/u);
  });

  it('loads at the second attempt', async () => {
    await expectRetried(scene, [
      answering(bytes.subarray(0, bytes.length / 2)),
      answering(Buffer.from(html)),
      answering(Buffer.alloc(0)),
    ]);
  });
});

describe('`{"error": ...}` with 200', () => {
  const failing = answering({ error: `Sin conexión con la base\r\n${'x'.repeat(500)}${PAYLOAD_CANARY}` });

  it('keeps the warehouse and reports what KLK said', async () => {
    const mensaje = await expectKept(scene, failing, 'KLK_ERROR');
    expect(mensaje).toContain('Sin conexión con la base x');
    expect(mensaje.length).toBeLessThan(300);
  });

  it('loads at the second attempt', async () => {
    await expectRetried(scene, [failing]);
  });
});

describe('invalid UTF-8', () => {
  it('keeps the warehouse instead of replacing the byte', async () => {
    const broken = Buffer.from(bytes);
    broken[broken.indexOf('ARTICULO')] = 0xff;
    expect(await expectKept(scene, answering(broken), 'KLK_CONTRATO')).toContain('UTF-8');
  });

  it('drops a byte order mark', async () => {
    scene.serve('AAA', existencias('AAA', 2));
    scene.klk.fail('AAA', answering(Buffer.concat([Buffer.from('\uFEFF'), bytes])));
    expect((await scene.run()).estado).toBe('exitosa');
  });
});

describe('`total_articulos` differs from the rows received, is missing or is no number', () => {
  const withTotal = (total: unknown): ReturnType<typeof answering> =>
    answering({ meta: { ...respuesta.meta, total_articulos: total }, articulos: filas });

  it.each([
    ['one more', filas.length + 1, 'KLK_INCOMPLETA'],
    ['one less', filas.length - 1, 'KLK_INCOMPLETA'],
    ['missing', undefined, 'KLK_CONTRATO'],
    ['no number', 'N/A', 'KLK_CONTRATO'],
    ['not whole', filas.length + 0.5, 'KLK_CONTRATO'],
  ] as const)('keeps the warehouse: %s', async (_what, total, codigo) => {
    await expectKept(scene, withTotal(total), codigo);
  });

  it('loads at the second attempt', async () => {
    await expectRetried(scene, [withTotal(filas.length + 1), withTotal(undefined), withTotal('N/A')]);
  });
});

describe("another warehouse's code in `meta`", () => {
  const naming = (almacences_filtrados: unknown): ReturnType<typeof answering> =>
    answering({ meta: { ...respuesta.meta, almacences_filtrados }, articulos: filas });

  it.each([
    ['another code', '["BBB"]'],
    ['its own and another', '["AAA","BBB"]'],
    ['none', '[]'],
    ['another code that is no JSON', 'BBB'],
    ['another code in quotes that are no JSON', "['BBB']"],
    ['its own in other letters', 'aaa'],
    ['another code in a real list', ['BBB']],
  ])('keeps the warehouse, and does not ask again: %s', async (_what, codigos) => {
    await expectNotRetried(scene, naming(codigos), 'KLK_OTRO_ALMACEN');
  });
});

describe('empty list', () => {
  const empty = answering({ meta: createMeta(['AAA'], 0), articulos: [] });

  it('keeps the warehouse', async () => {
    await expectKept(scene, empty, 'KLK_VACIA');
  });

  it('keeps it even if a person forces its store, as it does with an incomplete or misidentified answer', async () => {
    await expectKept(scene, empty, 'KLK_VACIA', { forzar: true });
    await expectKept(scene, simulated('incompleta'), 'KLK_INCOMPLETA', { forzar: true });
    await expectKept(scene, simulated('otro-almacen'), 'KLK_OTRO_ALMACEN', { forzar: true });
  });
});
