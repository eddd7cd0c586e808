import { holdAnswer } from './faulty-klk.ts';
import { ALMACENES } from './pipeline-run.ts';
import type { Ended, Scene } from './run-harness.ts';
import { startTcpHop } from './tcp-hop.ts';

/** A run that has asked KLK for everything and got no answer yet, and whose turn the server has given up without its knowing. */
export interface LateRun {
  /** Lets KLK answer, as it was when it was asked, and waits for the end of the run. */
  finish(): Promise<Ended>;
}

/** Starts one. */
export async function startLateRun(scene: Scene): Promise<LateRun> {
  const hop = await startTcpHop({ host: '127.0.0.1', port: scene.proxy.port });
  const answers = holdAnswers(scene);
  const running = scene.start({
    readDatabaseSettings: () => Promise.resolve({ ...scene.settings, port: hop.port }),
  });
  await answers.asked;
  // The turn is the last thing for which a run connects.
  hop.connections.at(-1)?.freeze();
  await takeTurnAway(scene);
  return {
    async finish() {
      answers.release();
      return running.finally(() => hop.close());
    },
  };
}

/** Holds the next answer of every warehouse, as it is when KLK is asked, until all are released. */
export function holdAnswers({ klk }: Scene): { readonly asked: Promise<unknown>; release(): void } {
  const answers = ALMACENES.map((almacen) => {
    const answer = holdAnswer();
    klk.fail(almacen, answer.behaviour, 1);
    return answer;
  });
  return {
    asked: Promise.all(answers.map(({ asked }) => asked)),
    release: () => {
      for (const answer of answers) answer.release();
    },
  };
}

/** Ends the session that holds the turn, as the server does with one that is silent for too long. */
export async function takeTurnAway({ database }: Scene): Promise<void> {
  await database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_locks
      WHERE locktype = 'advisory' AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
}
