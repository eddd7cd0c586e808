import { randomBytes } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { scheduledEvent } from '../../bin/program/invoke-locally.ts';
import { createUser, ETL } from '../../lambdas/migraciones/create-user.ts';
import { sendSecretAnswer } from '../../local/secrets-manager.ts';
import type { SecretAnswer } from '../../local/secrets-manager.ts';
import { ACTIVAS, DB_SECRET, KLK_SECRET } from '../support/world.ts';
import type { Ended } from './invariants.ts';
import { useWatchedWorld } from './watched-world.ts';

/** A role is of the whole server. */
const username = `etl_${randomBytes(4).toString('hex')}`;
afterAll(() => world.database.query(`DROP OWNED BY ${username}; DROP ROLE ${username}`));
const world = await useWatchedWorld(ACTIVAS);
const { database, klk, secrets } = world;
beforeEach(() => world.reset());

const throttled: SecretAnswer = (response) => {
  sendSecretAnswer(response, 400, { __type: 'ThrottlingException', message: 'Rate exceeded' });
};
const denied: SecretAnswer = (response) => {
  sendSecretAnswer(response, 400, { __type: 'AccessDeniedException', message: 'no policy allows it' });
};
const silent: SecretAnswer = () => undefined;

async function invoke(remainingMs?: number): Promise<Partial<Ended>> {
  const [ended = {}] = await world.watch(async () => [
    await world.startHandler(scheduledEvent(), remainingMs),
  ]);
  return ended;
}

const SECRETS = [
  ['the database', DB_SECRET, 'DB_SECRET_ARN'],
  ['KLK', KLK_SECRET, 'KLK_SECRET_ARN'],
];

describe('Secrets Manager in trouble', () => {
  it('A run loads after a throttled and a missing answer', async () => {
    secrets.setSecret(DB_SECRET, throttled, silent, JSON.stringify(world.dbSecret));
    expect((await invoke()).resumen?.estado).toBe('exitosa');
  });

  it.each(SECRETS)('A run fails after four throttled attempts at the secret of %s', async (_whose, arn) => {
    secrets.setSecret(arn, throttled);
    expect((await invoke()).resumen?.error?.codigo).toBe('SECRETO_INACCESIBLE');
    expect(secrets.calls.filter((asked) => asked === arn)).toHaveLength(4);
    expect(klk.requests).toEqual([]);
  });

  it.each(SECRETS)(
    'A run fails at once, and names the variable, when the secret of %s is denied',
    async (_whose, arn, variable) => {
      secrets.setSecret(arn, denied);
      const { resumen, thrown } = await invoke();
      expect(resumen?.error?.codigo).toBe('SECRETO_INACCESIBLE');
      expect(String(thrown)).toContain(variable);
      expect(secrets.calls.filter((asked) => asked === arn)).toHaveLength(1);
      expect(klk.requests).toEqual([]);
    },
  );
});

/** What the Lambda keeps back by default for saying how a run ended. */
const MARGIN_MS = 10_000;

describe('An invocation with little time left', () => {
  it('A run asks for no secret and fails with SIN_TIEMPO when only the margin is left', async () => {
    const { resumen } = await invoke(3_000);
    expect(resumen?.error?.codigo).toBe('SIN_TIEMPO');
    expect(secrets.calls).toEqual([]);
    expect(klk.requests).toEqual([]);
  });

  it.each(SECRETS)(
    'A run fails with SIN_TIEMPO when its time is up while it waits for the secret of %s',
    async (_whose, arn) => {
      secrets.setSecret(arn, silent);
      expect((await invoke(MARGIN_MS + 1_500)).resumen?.error?.codigo).toBe('SIN_TIEMPO');
    },
  );

  it.each([
    ['before it begins', 1_500, JSON.stringify(world.dbSecret)],
    ['while it waits for a secret', 2_500, silent],
  ])('A question fails with SIN_TIEMPO when its time is up %s', async (_moment, remainingMs, answer) => {
    secrets.setSecret(DB_SECRET, answer);
    const { thrown } = await world.startHandler({ accion: 'estado' }, remainingMs);
    expect(thrown).toMatchObject({ codigo: 'SIN_TIEMPO' });
  });
});

describe('A secret that is rotated', () => {
  /** Another password, and the secret that holds it. */
  async function rotate(): Promise<string> {
    const password = randomBytes(16).toString('hex');
    await createUser(database.admin, ETL, { user: username, password });
    return JSON.stringify({ ...world.dbSecret, username, password });
  }

  it('Every run reads the secret anew', async () => {
    for (let round = 0; round < 2; round += 1) {
      secrets.setSecret(DB_SECRET, await rotate());
      expect((await invoke()).resumen?.estado).toBe('exitosa');
    }
  });

  it('A run reads the secret once more when the server refuses the password', async () => {
    secrets.setSecret(DB_SECRET, await rotate(), await rotate());
    expect((await invoke()).resumen?.estado).toBe('exitosa');
    expect(secrets.calls.filter((arn) => arn === DB_SECRET)).toHaveLength(2);
  });

  it('A run reads the secret once more when it has to connect again', async () => {
    secrets.setSecret(DB_SECRET, await rotate());
    klk.setFault(
      'TTZ',
      (response, healthy) => {
        void rotate().then(async (next) => {
          secrets.setSecret(DB_SECRET, next);
          secrets.calls.splice(0);
          // Those that load and record; the one that holds the lock is needed to the end.
          await database.query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity a
            WHERE usename = $1 AND NOT EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND locktype = 'advisory')`,
            [username],
          );
          response.end(JSON.stringify(healthy));
        });
      },
      1,
    );
    expect((await invoke()).resumen?.estado).toBe('exitosa');
    expect(secrets.calls).toEqual([DB_SECRET]);
  });
});
