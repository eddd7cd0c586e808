import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MENSAJES_EJECUCION } from '../../lambdas/core/run/log.ts';
import { readReporte } from '../../bin/report/read-reporte.ts';
import { askDatabase } from '../../lambdas/core/run/question.ts';
import { readEjecuciones } from '../../lambdas/inventario-klk/questions/read-ejecuciones.ts';
import { startChildRun } from '../support/child-run.ts';
import type { ChildRun } from '../support/child-run.ts';
import { existencias } from '../support/existencias.ts';
import { holdAnswer } from '../support/faulty-klk.ts';
import { DIED } from '../support/kills.ts';
import { ALMACENES, TIENDAS } from '../support/pipeline-run.ts';
import { createScene } from '../support/run-harness.ts';
import type { Scene } from '../support/run-harness.ts';
import { systemsOf } from '../support/systems.ts';
import { startTcpHop } from '../support/tcp-hop.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await createScene();
});
beforeEach(async () => {
  await scene.reset();
  await scene.run();
  for (const almacen of ALMACENES) scene.serve(almacen, existencias(almacen, 2));
});
afterAll(() => scene.close());

/** Sixty seconds, as the pipeline asks of the server, become one and a half: PostgreSQL reads a leading zero as octal. */
const hurry = (startup: Buffer): Buffer =>
  Buffer.from(
    startup
      .toString('latin1')
      .replace('idle_session_timeout=60s', 'idle_session_timeout=01s')
      .replace(
        'idle_in_transaction_session_timeout\0' + '60000',
        'idle_in_transaction_session_timeout\0' + '01000',
      ),
    'latin1',
  );

const estados = async (): Promise<unknown[]> =>
  (await scene.database.query('SELECT estado FROM etl_ejecuciones ORDER BY inicio')).map(
    ({ estado }) => estado,
  );

/** A run of another process, frozen by `freeze`; the next run loads, and the thawed one finds that it lost its turn. */
async function expectHealed(freeze: (child: ChildRun) => Promise<void>): Promise<void> {
  const hop = await startTcpHop({ host: '127.0.0.1', port: scene.proxy.port }, { rewriteFirst: hurry });
  const child = await startChildRun(scene.klk.url, { ...scene.settings, port: hop.port });
  await scene.watch(async () => {
    await freeze(child);
    const next = await scene.start();
    expect(next.resumen?.estado).toBe('exitosa');
    expect(await estados()).toEqual(['exitosa', 'abandonada', 'exitosa']);
    child.signal('SIGCONT');
    await child.exited;
    return [DIED, next];
  });
  await hop.close();
  expect(scene.lines()).toContainEqual(
    expect.objectContaining({ message: MENSAJES_EJECUCION.abandonadas, abandonadas: 1 }),
  );
}

describe('a frozen (SIGSTOP: the kernel still answers keepalives) or killed client that still holds the run lock', () => {
  it('is freed by the server when it is frozen while it waits for KLK', async () => {
    await expectHealed(async (child) => {
      const answer = holdAnswer();
      scene.klk.fail('CCC', answer.behaviour, 1);
      child.go();
      await answer.asked;
      child.signal('SIGSTOP');
      answer.release();
    });
    expect(scene.lines()).toContainEqual(
      expect.objectContaining({ almacen: 'CCC', codigo: 'CANDADO_PERDIDO' }),
    );
  });

  it('is freed by the server when it is frozen in the middle of a load', async () => {
    await expectHealed(async (child) => {
      const frozen = Promise.withResolvers<undefined>();
      scene.proxy.hold((sql) => {
        if (sql.includes('FOR UPDATE')) {
          child.signal('SIGSTOP');
          frozen.resolve(undefined);
        }
        return false;
      });
      child.go();
      await frozen.promise;
      scene.proxy.reset();
    });
  });

  it('is freed at once when it is killed', async () => {
    const child = await startChildRun(scene.klk.url, scene.settings);
    const answer = holdAnswer();
    scene.klk.fail('CCC', answer.behaviour, 1);
    await scene.watch(async () => {
      child.go();
      await answer.asked;
      child.signal('SIGKILL');
      await child.exited;
      return [DIED, await scene.start()];
    });
    expect(await estados()).toEqual(['exitosa', 'abandonada', 'exitosa']);
  });

  it('is shown alive while it holds the turn, and as dead from the moment it was killed, before any other run', async () => {
    const systems = systemsOf(scene.database.etl, TIENDAS);
    const shown = async (): Promise<unknown[]> => {
      const [listed] = await askDatabase(systems, (client, vivas) => readEjecuciones(client, vivas, {}));
      const { estado, ejecuciones } = await readReporte(systems);
      return [
        listed?.estado,
        estado.ultimaEjecucion?.estado,
        ...ejecuciones.map((row) => row.estado).filter((state) => state !== 'exitosa'),
      ];
    };
    const child = await startChildRun(scene.klk.url, scene.settings);
    const answer = holdAnswer();
    scene.klk.fail('CCC', answer.behaviour, 1);
    await scene.watch(async () => {
      child.go();
      await answer.asked;
      expect(await shown()).toEqual(['en_curso', 'en_curso', 'en_curso']);
      child.signal('SIGKILL');
      await child.exited;
      await scene.database.expectNoTrace();
      expect(await shown()).toEqual(['abandonada', 'abandonada', 'abandonada']);
      return [DIED];
    });
    expect(await estados()).toEqual(['exitosa', 'en_curso']);
  });
});
