import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { Client } from 'pg';
import type { HoldTurn } from '../klk/turns.ts';
import { toDatabaseError } from '../postgres/errors.ts';
import { abortable } from '../time/deadline.ts';

/** Advisory locks: whoever holds the first is the next to get a turn; those that follow are the turns. */
const NEXT = 7_002_040;

const TRY_EVERY_MS = 25;

/**
 * The turns at KLK that all runs share, of every pipeline and process: `atOnce` advisory locks of the session that holds the run's lock,
 * which the server frees when that session ends. A request that follows another at once takes over its turn without asking the database,
 * unless another run waits: what was held is given up then, so that no run waits behind all the work of another.
 */
export function createKlkTurns(
  session: Pick<Client, 'query'>,
  atOnce: number,
  signal: AbortSignal,
): HoldTurn {
  const turns = Array.from({ length: atOnce }, (_, index) => NEXT + 1 + index);
  const mine = new Set<number>();
  const spare: number[] = [];
  const oneAtATime = pLimit(1);
  let awaited = false;

  const release = (turn: number): void => {
    mine.delete(turn);
    // A session that cannot release it has ended, and the turn with it.
    void unlock(session, turn).catch(() => undefined);
  };
  const releaseSpare = (turn: number): void => {
    const index = spare.indexOf(turn);
    if (index === -1) return;
    spare.splice(index, 1);
    release(turn);
  };
  const lookForOthers = (): void => {
    void isAwaited(session).then(
      (others) => (awaited = others),
      () => undefined,
    );
  };
  const tryTurn = async (): Promise<number | undefined> => {
    const turn =
      spare.pop() ??
      (await lockOne(
        session,
        turns.filter((other) => !mine.has(other)),
      ));
    if (turn !== undefined) mine.add(turn);
    return turn;
  };
  const take = (): Promise<number> =>
    oneAtATime(async () => {
      await until(() => lockNext(session), signal);
      const turn = await until(tryTurn, signal);
      awaited = false;
      void unlock(session, NEXT).catch(() => undefined);
      return turn;
    });

  return async (request) => {
    const turn = spare.pop() ?? (await abortable(signal, take));
    lookForOthers();
    try {
      return await request();
    } finally {
      if (awaited) release(turn);
      else {
        spare.push(turn);
        // The next request of this run, if one waits, begins before.
        setImmediate(releaseSpare, turn);
      }
    }
  };
}

/** Tries again and again, and throws the signal's reason once it aborts. */
async function until<T>(attempt: () => Promise<T | undefined>, signal: AbortSignal): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    const done = await attempt().catch((error: unknown) => {
      throw toDatabaseError(error);
    });
    if (done !== undefined) return done;
    await sleep(TRY_EVERY_MS);
  }
}

/** Undefined while another run is the next. */
async function lockNext(session: Pick<Client, 'query'>): Promise<true | undefined> {
  const { rows } = await session.query<{ tomado: boolean }>(
    'SELECT pg_try_advisory_lock($1::bigint) AS tomado',
    [NEXT],
  );
  return rows[0]?.tomado === true ? true : undefined;
}

/** One of these turns; undefined while others hold them all. LIMIT keeps the server from taking a second one. */
async function lockOne(
  session: Pick<Client, 'query'>,
  turns: readonly number[],
): Promise<number | undefined> {
  const { rows } = await session.query<{ turno: number }>(
    'SELECT turno FROM unnest($1::integer[]) AS turno WHERE pg_try_advisory_lock(turno::bigint) LIMIT 1',
    [turns],
  );
  return rows[0]?.turno;
}

/** Whether another run waits for a turn. */
async function isAwaited(session: Pick<Client, 'query'>): Promise<boolean> {
  const { rows } = await session.query<{ esperan: boolean }>(
    'SELECT CASE WHEN pg_try_advisory_lock($1::bigint) THEN NOT pg_advisory_unlock($1::bigint) ELSE true END AS esperan',
    [NEXT],
  );
  return rows[0]?.esperan === true;
}

async function unlock(session: Pick<Client, 'query'>, key: number): Promise<void> {
  await session.query('SELECT pg_advisory_unlock($1::bigint)', [key]);
}
