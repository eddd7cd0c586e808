import { beforeEach, describe, expect, it } from '@jest/globals';
import { PAYLOAD_CANARY, answering, answeringRows, existencias, toFilas } from './klk-answers.ts';
import { expectKept, expectNotRetried, expectRetried } from './expectations.ts';
import { useWatchedWorld } from './watched-world.ts';

const world = await useWatchedWorld();
beforeEach(async () => {
  await world.reset();
  await world.run();
});

/** Version 2 of AAA as KLK would send it. */
const filas = toFilas(existencias('AAA', 2));
const bytes = Buffer.from(
  JSON.stringify({
    meta: { almacences_filtrados: '["AAA"]', total_articulos: filas.length },
    articulos: filas,
  }),
);
const truncated = bytes.subarray(0, bytes.length / 2);

const html = `<html>\u0000\u001b[31m\r\n<h1>Servicio no disponible</h1>${'<p>relleno</p>'.repeat(500)}${PAYLOAD_CANARY}</html>`;

describe('The form of an answer', () => {
  it.each([
    ['truncated JSON', truncated],
    ['HTML', Buffer.from(html)],
    ['an empty body', Buffer.alloc(0)],
    ['null', null],
    ['JSON of another form', { resultado: { filas } }],
    ['the bare list of an old server', filas],
    ['a number', 210],
  ])('A warehouse keeps its rows when the answer is %s, of which little is quoted', async (_what, body) => {
    const mensaje = await expectKept(world, answering(body), 'KLK_CONTRATO');
    expect(mensaje.length).toBeLessThan(300);
    expect(mensaje).not.toMatch(/\p{Cc}/u);
  });

  it('A warehouse loads at the second attempt after truncated JSON, HTML or an empty body', async () => {
    await expectRetried(
      world,
      [truncated, Buffer.from(html), Buffer.alloc(0)].map((body) => answering(body)),
    );
  });

  it('A warehouse keeps its rows when a byte of the answer is no UTF-8', async () => {
    const broken = Buffer.from(bytes);
    broken[broken.indexOf('ARTICULO')] = 0xff;
    expect(await expectKept(world, answering(broken), 'KLK_CONTRATO')).toContain('UTF-8');
  });

  it('A byte order mark before the answer is ignored', async () => {
    world.serveVersion(2, ['AAA']);
    world.klk.setFault('AAA', answering(Buffer.concat([Buffer.from('\uFEFF'), bytes])));
    expect((await world.run()).estado).toBe('exitosa');
  });
});

describe('An error of KLK with status 200', () => {
  const failing = answering({ error: `Sin conexión con la base\r\n${'x'.repeat(500)}${PAYLOAD_CANARY}` });

  it('A warehouse keeps its rows, and the message quotes what KLK said', async () => {
    const mensaje = await expectKept(world, failing, 'KLK_ERROR');
    expect(mensaje).toContain('Sin conexión con la base x');
    expect(mensaje.length).toBeLessThan(300);
  });

  it('A warehouse loads at the second attempt', async () => {
    await expectRetried(world, [failing]);
  });
});

describe('The total that an answer announces', () => {
  const withTotal = (total_articulos: unknown): ReturnType<typeof answeringRows> =>
    answeringRows(filas, { total_articulos });

  it.each([
    ['one more than the rows', filas.length + 1, 'KLK_INCOMPLETA'],
    ['one less than the rows', filas.length - 1, 'KLK_INCOMPLETA'],
    ['missing', undefined, 'KLK_CONTRATO'],
    ['no number', 'N/A', 'KLK_CONTRATO'],
    ['not whole', filas.length + 0.5, 'KLK_CONTRATO'],
  ] as const)('A warehouse keeps its rows when the total is %s', async (_what, total, codigo) => {
    await expectKept(world, withTotal(total), codigo);
  });

  it('A warehouse loads at the second attempt after a wrong total', async () => {
    await expectRetried(world, [filas.length + 1, undefined, 'N/A'].map(withTotal));
  });
});

describe('The warehouse that an answer names', () => {
  it.each([
    ['another', '["BBB"]'],
    ['its own and another', '["AAA","BBB"]'],
    ['none', '[]'],
    ['another, not as JSON', 'BBB'],
    ['another, in quotes that are no JSON', "['BBB']"],
    ['its own in lower case', 'aaa'],
    ['another in a real list', ['BBB']],
  ])(
    'A warehouse keeps its rows, without a second attempt, when the answer names %s',
    async (_what, almacences_filtrados) => {
      await expectNotRetried(world, answeringRows(filas, { almacences_filtrados }), 'KLK_OTRO_ALMACEN');
    },
  );
});

describe('An answer that is no inventory', () => {
  it.each([
    ['empty', 'vacia', 'KLK_VACIA', false],
    ['empty, even if a person forces its store', 'vacia', 'KLK_VACIA', true],
    ['incomplete, even if a person forces its store', 'incompleta', 'KLK_INCOMPLETA', true],
    ["another warehouse's, even if a person forces its store", 'otro-almacen', 'KLK_OTRO_ALMACEN', true],
  ] as const)('A warehouse keeps its rows when the answer is %s', async (_what, fault, codigo, forzar) => {
    await expectKept(world, fault, codigo, { forzar });
  });
});
