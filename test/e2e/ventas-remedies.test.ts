import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { addDias, diaAt } from '../../lambdas/core/time/dia.ts';
import { runPasted } from '../support/commands.ts';
import { allVentasCommands, commandsIn } from './remedy-commands.ts';
import { CATALOGO, useWorld } from '../support/world.ts';

const world = await useWorld();

/** KLK's clock stands still, so that no line arrives between two commands. */
const AHORA = new Date();
world.klk.setAhora(() => AHORA);
const AYER = addDias(diaAt(AHORA), -1);

const SUCURSAL = CATALOGO.find(({ id }) => id === 'tienda_17')?.sucursalKlk ?? '';
const YESTERDAY = ['--tiendas', 'tienda_17', '--desde', AYER, '--hasta', AYER];

beforeEach(() => {
  world.klk.setFault(SUCURSAL, undefined);
});

describe('A command that npm run ventas prints as a remedy', () => {
  beforeAll(() => world.ventas(['--desde', AYER, '--hasta', AYER]));

  it.each(allVentasCommands({ program: 'ventas' }, AYER))(
    'It works when it is pasted: %s',
    async (command) => {
      const { database: POSTGRES_DB, user, password } = world.database.admin;
      const admin = { ...world.env, POSTGRES_DB, POSTGRES_USER: user, POSTGRES_PASSWORD: password };
      const { status, stderr } = await runPasted(command, command === 'npm run migrate' ? admin : world.env);

      expect({ status, stderr }).toEqual({
        status: 0,
        stderr: expect.not.stringMatching(/desconocid|sobran/),
      });
    },
  );

  it('It loads the lines that were refused as suspect', async () => {
    world.klk.setFault(SUCURSAL, 'encogida');
    const { status, stderr } = await world.ventas(YESTERDAY);
    const [command = ''] = commandsIn(stderr).slice(-1);
    expect({ status, command }).toEqual({
      status: 1,
      command: `npm run ventas -- ${YESTERDAY.join(' ')} --forzar`,
    });

    expect(await runPasted(command, world.env)).toMatchObject({ status: 0 });
    world.klk.setFault(SUCURSAL, undefined);
    await world.ventas(YESTERDAY);
  });

  it.each([[['cobertura']], [['historial', '--flujo', 'ventas']], [['estado', '--json']]])(
    'It repeats the question that took too long: %j',
    async (args) => {
      const session = await world.database.openSession();
      await session.query('BEGIN; LOCK TABLE etl_ejecuciones, ventas_tramos IN ACCESS EXCLUSIVE MODE');
      const { stderr } = await world.ventas(args, { ...world.env, ETL_SENTENCIA_MS: '1000' });
      await session.end();

      expect(commandsIn(stderr)).toEqual([`npm run ventas -- ${args.join(' ')}`]);
    },
  );

  it('It is the same in the coverage and in the history of the run', async () => {
    world.klk.setFault(SUCURSAL, 'sin-eco');
    await world.ventas(YESTERDAY);
    const { stdout: coverage } = await world.ventas(['cobertura', '--mes', AYER.slice(0, 7)]);
    expect(commandsIn(coverage)).toEqual(
      expect.arrayContaining([
        'npm run ventas -- sondeo --tienda tienda_17',
        `npm run ventas -- ${YESTERDAY.join(' ')}`,
      ]),
    );
    const { stdout: list } = await world.ventas(['historial']);
    const id = /^[0-9a-f]{8}/m.exec(list)?.[0] ?? '';
    const { stdout } = await world.ventas(['historial', id]);
    expect(commandsIn(stdout)).toEqual(['npm run ventas -- sondeo --tienda tienda_17']);
  });
});
