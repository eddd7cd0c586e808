import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createEtlUser } from '../../lambdas/migraciones/create-etl-user.ts';
import { DB_SECRET, KLK_SECRET, createHandlerScene } from '../support/handler-scene.ts';
import type { HandlerScene } from '../support/handler-scene.ts';
import { scheduledEvent } from '../../bin/commands/invoke-locally.ts';
import { denied, secretText, silent, throttled } from '../support/scripted-secrets.ts';
import type { SecretAnswer } from '../support/scripted-secrets.ts';
import type { Ran } from '../support/truth.ts';

let scene: HandlerScene;
beforeAll(async () => {
  scene = await createHandlerScene();
});
beforeEach(() => scene.reset());
afterAll(() => scene.close());

async function invoke(remainingMs?: number): Promise<Ran> {
  const { runs } = await scene.watch(async () => [await scene.invoke(scheduledEvent(), remainingMs)]);
  const [ran] = runs;
  if (ran === undefined) throw new Error('one invocation is one run');
  return ran;
}

/** While this secret is answered so, nothing is loaded, KLK is not asked, and the error has this code. */
async function expectFailure(arn: string, answers: readonly SecretAnswer[], codigo: string): Promise<string> {
  scene.secrets.script(arn, ...answers);
  const { resumen, thrown } = await invoke();
  expect(resumen?.error?.codigo).toBe(codigo);
  expect(scene.klk.requests).toEqual([]);
  return String(thrown);
}

describe('Secrets Manager throttled, slow, denied', () => {
  it('loads after a throttled and a silent answer', async () => {
    scene.secrets.script(DB_SECRET, throttled, silent, secretText(scene.dbSecret));
    expect((await invoke()).resumen?.estado).toBe('exitosa');
  });

  it.each([
    ['the database', DB_SECRET],
    ['KLK', KLK_SECRET],
  ])('gives up on the throttled secret of %s after four attempts', async (_whose, arn) => {
    await expectFailure(arn, [throttled], 'SECRETO_INACCESIBLE');
    expect(scene.secrets.calls.filter((asked) => asked === arn)).toHaveLength(4);
  });

  it.each([
    ['the database', DB_SECRET, 'DB_SECRET_ARN'],
    ['KLK', KLK_SECRET, 'KLK_SECRET_ARN'],
  ])(
    'says at once that the secret of %s is denied, and which variable names it',
    async (_whose, arn, variable) => {
      const mensaje = await expectFailure(arn, [denied], 'SECRETO_INACCESIBLE');
      expect(mensaje).toContain(variable);
      expect(scene.secrets.calls.filter((asked) => asked === arn)).toHaveLength(1);
    },
  );
});

/** What the Lambda keeps back by default for saying how a run ended. */
const MARGIN_MS = 10_000;

describe('little time left', () => {
  it('asks for no secret when the margin is all that is left, and says that the time is up', async () => {
    const { resumen } = await invoke(3_000);
    expect(resumen?.error?.codigo).toBe('SIN_TIEMPO');
    expect(scene.secrets.calls).toEqual([]);
    expect(scene.klk.requests).toEqual([]);
  });

  it.each([
    ['the database', DB_SECRET],
    ['KLK', KLK_SECRET],
  ])('says so too when it ends while the secret of %s is being waited for', async (_whose, arn) => {
    scene.secrets.script(arn, silent);
    expect((await invoke(MARGIN_MS + 1_500)).resumen?.error?.codigo).toBe('SIN_TIEMPO');
  });

  it.each(['before it begins', 'while a secret is being waited for'])(
    'is what a question says that has none left %s',
    async (moment) => {
      if (moment !== 'before it begins') scene.secrets.script(DB_SECRET, silent);
      const { thrown } = await scene.invoke(
        { accion: 'estado' },
        moment === 'before it begins' ? 1_500 : 2_500,
      );
      expect(thrown).toMatchObject({ codigo: 'SIN_TIEMPO' });
    },
  );
});

describe('secret malformed', () => {
  const leak = 'CANARIO-DEL-SECRETO';

  it.each([
    ['no JSON', `{"password":"${leak}`],
    ['another shape', JSON.stringify({ contraseña: leak })],
    ['a wrong port', JSON.stringify({ host: 'x', port: leak, dbname: 'x', username: 'x', password: leak })],
    ['empty', ''],
  ])('is refused without printing it: %s', async (_what, text) => {
    const mensaje = await expectFailure(DB_SECRET, [secretText(text)], 'SECRETO_INVALIDO');
    expect(mensaje).not.toContain(leak);
    expect(JSON.stringify(scene.lines())).not.toContain(leak);
  });

  it('is refused when KLK is on a port that is not open', async () => {
    await expectFailure(KLK_SECRET, [secretText('{"baseUrl":"http://127.0.0.1:1"}')], 'KLK_PUERTO_CERRADO');
  });
});

describe('secret rotated between or during runs', () => {
  const username = `etl_${randomBytes(4).toString('hex')}`;
  const rotate = async (): Promise<SecretAnswer> => {
    const password = randomBytes(16).toString('hex');
    await createEtlUser(scene.database.admin, { user: username, password });
    const { host, port, database: dbname } = scene.database.etl;
    return secretText(JSON.stringify({ host, port, dbname, username, password }));
  };
  afterAll(async () => {
    await scene.database.query(`DROP OWNED BY ${username}; DROP ROLE ${username}`);
  });

  it('is read anew by every run', async () => {
    for (let round = 0; round < 2; round += 1) {
      scene.secrets.script(DB_SECRET, await rotate());
      expect((await invoke()).resumen?.estado).toBe('exitosa');
    }
  });

  it('is read once more when the server refuses the password', async () => {
    scene.secrets.script(DB_SECRET, await rotate(), await rotate());
    expect((await invoke()).resumen?.estado).toBe('exitosa');
    expect(scene.secrets.calls.filter((arn) => arn === DB_SECRET)).toHaveLength(2);
  });

  it('is read once more when a run that is under way has to connect again', async () => {
    scene.secrets.script(DB_SECRET, await rotate());
    scene.klk.fail(
      'TTZ',
      (response, healthy) => {
        void rotate().then(async (next) => {
          scene.secrets.script(DB_SECRET, next);
          // Those that load and record; the one that holds the turn is needed to the end.
          await scene.database.query(
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
    expect(scene.secrets.calls).toEqual([DB_SECRET]);
  });
});
