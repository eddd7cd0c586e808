import { beforeEach, describe, expect, it } from '@jest/globals';
import { readReporte } from '../../bin/report/read-reporte.ts';
import { MENSAJES_EJECUCION } from '../../lambdas/core/run/log.ts';
import { readEjecuciones } from '../../lambdas/core/run/read-ejecuciones.ts';
import { holdAnswer } from './klk-answers.ts';
import { startTcpHop } from '../support/network.ts';
import { askQuestion, questionContext } from '../support/world.ts';
import { readRuns } from './database-state.ts';
import { startChildRun } from './deaths.ts';
import type { ChildRun } from './deaths.ts';
import { DIED } from './invariants.ts';
import { TIENDAS } from './pipeline-run.ts';
import { useWatchedWorld } from './watched-world.ts';

const world = await useWatchedWorld();
const { database, klk, proxy } = world;
beforeEach(async () => {
  await world.reset();
  await world.run();
  world.serveVersion(2);
});

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

/** Lets the child begin, and waits until KLK, which does not answer yet, is asked for CCC. */
async function untilItAsks(child: ChildRun): Promise<ReturnType<typeof holdAnswer>> {
  const answer = holdAnswer();
  klk.setFault('CCC', answer.behaviour, 1);
  child.go();
  await answer.asked;
  return answer;
}

const estados = async (): Promise<string[]> => [...(await readRuns(database)).values()];

/**
 * Freezes a run of another process with `freeze`. Fails unless the next run loads and the first, once it continues, finds that it lost its
 * lock.
 */
async function expectHealed(freeze: (child: ChildRun) => Promise<void>): Promise<void> {
  const hop = await startTcpHop(world.settings, { rewriteFirst: hurry });
  const child = await startChildRun(world, hop.port);
  await world.watch(async () => {
    await freeze(child);
    const next = await world.start();
    expect(next.resumen?.estado).toBe('exitosa');
    expect(await estados()).toEqual(['exitosa', 'abandonada', 'exitosa']);
    child.signal('SIGCONT');
    await child.exited;
    return [DIED, next];
  });
  await hop.close();
  expect(world.lines()).toContainEqual(
    expect.objectContaining({ message: MENSAJES_EJECUCION.abandonadas, abandonadas: 1 }),
  );
}

describe('A process that holds the run lock and is frozen or killed', () => {
  it('The server takes the lock from a process frozen while it waits for KLK, and the next run loads', async () => {
    await expectHealed(async (child) => {
      const answer = await untilItAsks(child);
      child.signal('SIGSTOP');
      answer.release();
    });
    expect(world.lines()).toContainEqual(
      expect.objectContaining({ almacen: 'CCC', codigo: 'CANDADO_PERDIDO' }),
    );
  });

  it('The server takes the lock from a process frozen in the middle of a load, and the next run loads', async () => {
    await expectHealed(async (child) => {
      const frozen = Promise.withResolvers<undefined>();
      proxy.hold((sql) => {
        if (sql.includes('FOR UPDATE')) {
          child.signal('SIGSTOP');
          frozen.resolve(undefined);
        }
        return false;
      });
      child.go();
      await frozen.promise;
      proxy.reset();
    });
  });

  it('A killed process gives the lock up at once', async () => {
    const child = await startChildRun(world);
    await world.watch(async () => {
      await untilItAsks(child);
      child.signal('SIGKILL');
      await child.exited;
      return [DIED, await world.start()];
    });
    expect(await estados()).toEqual(['exitosa', 'abandonada', 'exitosa']);
  });

  it('Questions show a run as under way while it holds the lock, and as abandoned once its process is dead', async () => {
    const shown = async (): Promise<unknown[]> => {
      const [listed] = await askQuestion(database, (client, vivas) => readEjecuciones(client, vivas, {}));
      const { estado, ejecuciones } = await readReporte(questionContext(database.etl, TIENDAS));
      return [
        listed?.estado,
        estado.ultimaEjecucion?.estado,
        ...ejecuciones.map((row) => row.estado).filter((state) => state !== 'exitosa'),
      ];
    };
    const child = await startChildRun(world);
    await world.watch(async () => {
      await untilItAsks(child);
      expect(await shown()).toEqual(['en_curso', 'en_curso', 'en_curso']);
      child.signal('SIGKILL');
      await child.exited;
      await database.expectNoTrace();
      expect(await shown()).toEqual(['abandonada', 'abandonada', 'abandonada']);
      return [DIED];
    });
    expect(await estados()).toEqual(['exitosa', 'en_curso']);
  });
});
