import { holdAnswer } from './klk-answers.ts';
import { startTcpHop } from '../support/network.ts';
import type { Ended } from './invariants.ts';
import { ALMACENES } from './pipeline-run.ts';
import type { WatchedWorld } from './watched-world.ts';

/** A run that has asked KLK for everything and has no answer yet. The server has released its lock, which the run does not know. */
export interface LateRun {
  /** Lets KLK answer, as it was when it was asked, and waits for the end of the run. */
  finish(): Promise<Ended>;
}

/** Starts a run whose answer of KLK is held back. */
export async function startLateRun(world: WatchedWorld): Promise<LateRun> {
  const hop = await startTcpHop(world.settings);
  const answers = holdAnswers(world);
  const running = world.start({ database: { port: hop.port } });
  await answers.asked;
  // The lock is the last thing for which a run connects.
  hop.connections.at(-1)?.freeze();
  await takeLockAway(world);
  return {
    async finish() {
      answers.release();
      return running.finally(() => hop.close());
    },
  };
}

/** Holds the next answer of every warehouse, as it is when KLK is asked, until all are released. */
export function holdAnswers({ klk }: WatchedWorld): { readonly asked: Promise<unknown>; release(): void } {
  const answers = ALMACENES.map((almacen) => {
    const answer = holdAnswer();
    klk.setFault(almacen, answer.behaviour, 1);
    return answer;
  });
  return {
    asked: Promise.all(answers.map(({ asked }) => asked)),
    release: () => {
      for (const answer of answers) answer.release();
    },
  };
}

/** Ends the session that holds the run lock, as the server does with one that is silent for too long. */
export async function takeLockAway({ database }: Pick<WatchedWorld, 'database'>): Promise<void> {
  await database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_locks
      WHERE locktype = 'advisory' AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
}
