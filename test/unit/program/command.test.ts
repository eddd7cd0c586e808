import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Command } from 'commander';
import { z } from 'zod';
import { addCommand, createProgram, runProgram } from '../../../bin/program/command.ts';
import { withJson, withRunFlags, optionsOf, runFlags } from '../../../bin/program/flags.ts';

/** A program like etl: a run without a subcommand, and one question. */
function createEtl(ran: unknown[] = []): Command {
  const program = withRunFlags(createProgram('etl', 'Lleva el inventario.'));
  program.action(() => void ran.push(runFlags(program)));
  const question = withJson(
    addCommand(program, 'historial [tienda]', 'Cuenta.').option('--desde <fecha>', 'x'),
  );
  question.action((_tienda, _options, command: Command) => {
    ran.push(optionsOf(command, { desde: z.string().optional() }));
  });
  return program;
}

async function run(...argv: string[]): Promise<unknown> {
  const ran: unknown[] = [];
  await runProgram(createEtl(ran), argv);
  return ran.at(0);
}

const problemaOf = async (...argv: string[]): Promise<unknown> => {
  const error: unknown = await run(...argv).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'ConfiguracionInvalida' });
  return z.object({ problemas: z.tuple([z.string()]) }).parse(error).problemas[0];
};

describe('the flags of a run', () => {
  it('are all off by default', async () => {
    expect(await run()).toEqual({
      dryRun: false,
      forzar: false,
      json: false,
      soloFallidas: false,
      tiendas: undefined,
    });
  });

  it('may come in any order, with any number of stores', async () => {
    const expected = {
      dryRun: true,
      forzar: true,
      json: true,
      soloFallidas: false,
      tiendas: ['tienda_01', 'tienda_08'],
    };

    expect(await run('--dry-run', '--forzar', '--json', '--tiendas', 'tienda_01', 'tienda_08')).toEqual(
      expected,
    );
    expect(await run('--tiendas', 'tienda_01', 'tienda_08', '--json', '--forzar', '--dry-run')).toEqual(
      expected,
    );
    expect(
      await run('--tiendas=tienda_01', '--dry-run', '--json', '--tiendas', 'tienda_08', '--forzar'),
    ).toEqual(expected);
  });

  it.each([
    [['--dry-rum'], 'opción desconocida: --dry-rum; ¿quiso decir --dry-run?'],
    [['--dryrun'], 'opción desconocida: --dryrun; ¿quiso decir --dry-run?'],
    [['--tienda', 'tienda_01'], 'opción desconocida: --tienda; ¿quiso decir --tiendas?'],
    [['--todo'], 'opción desconocida: --todo'],
    [['-x'], 'opción desconocida: -x; --help lista las opciones'],
    [['--tiendas'], 'a la opción --tiendas <id...> le falta su valor'],
    [['--dry-run=true'], 'opción desconocida: --dry-run=true'],
    [['historail'], 'comando desconocido: historail; ¿quiso decir historial?'],
    [['tienda_01'], 'comando desconocido: tienda_01; '],
    [['historial', 'a', 'b'], 'sobran argumentos: '],
  ])('are refused with what was probably meant: %j', async (argv, problema) => {
    expect(await problemaOf(...argv)).toEqual(expect.stringContaining(problema));
  });
});

describe('--solo-fallidas', () => {
  it('may be combined with --json', async () => {
    expect(await run('--solo-fallidas', '--json')).toMatchObject({ soloFallidas: true, json: true });
  });

  it.each([
    [['--dry-run'], '--solo-fallidas y --dry-run no van juntas'],
    [['--tiendas', 'tienda_01'], '--solo-fallidas y --tiendas no van juntas'],
    [['--forzar'], 'npm run etl -- --tiendas ID --forzar'],
  ])('may not be combined with %j', async (argv, problema) => {
    expect(await problemaOf('--solo-fallidas', ...argv)).toEqual(expect.stringContaining(problema));
  });
});

describe('a subcommand', () => {
  it('takes its options after its name, and --json anywhere', async () => {
    expect(await run('historial', '--desde', '2026-01-01', '--json')).toEqual({
      desde: '2026-01-01',
      json: true,
    });
    expect(await run('--json', 'historial')).toEqual({ desde: undefined, json: true });
  });

  it.each([[['--dry-run', 'historial']], [['--forzar', 'historial']]])(
    'refuses an option of a run instead of ignoring it: %j',
    async (argv) => {
      expect(await problemaOf(...argv)).toBe(`${argv.at(0)} no va con el comando historial`);
    },
  );
});

describe('the help', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('is printed in Spanish, and no command runs', async () => {
    const write = jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
    const ran: unknown[] = [];

    await expect(runProgram(createEtl(ran), ['--help'])).rejects.toMatchObject({ name: 'HelpShown' });

    const help = write.mock.calls.map(([text]) => String(text)).join('');
    expect(help).toMatch(/^Uso: npm run etl -- \[comando\] \[opciones\]/);
    expect(help).toMatch(/Opciones:[\s\S]*--dry-run +extrae, transforma y valida; no escribe nada/);
    expect(help).not.toMatch(/Usage|Options|Commands|display help/);
    expect(ran).toEqual([]);
  });
});
