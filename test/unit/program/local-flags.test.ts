import { describe, expect, it } from '@jest/globals';
import { createProgram } from '../../../bin/program/command.ts';
import { localFlags, withLocalFlags } from '../../../bin/program/flags.ts';

const parse = (...argv: readonly string[]): ReturnType<typeof localFlags> =>
  localFlags(withLocalFlags(createProgram('local', '')).parse(argv, { from: 'user' }));

describe('npm run local', () => {
  it.each<[string, string[], { inventario: boolean; ventas: boolean }]>([
    ['nothing', [], { inventario: true, ventas: true }],
    ['stores', ['--tiendas', 'tienda_01'], { inventario: true, ventas: true }],
    ['a dry run', ['--dry-run'], { inventario: true, ventas: true }],
    ['days', ['--desde', '2026-11-01'], { inventario: false, ventas: true }],
    ['an end of days', ['--hasta', '2026-11-01'], { inventario: false, ventas: true }],
    ['force of stores', ['--tiendas', 'tienda_01', '--forzar'], { inventario: true, ventas: false }],
    [
      'force of stores and days',
      ['--tiendas', 'tienda_01', '--forzar', '--desde', '2026-11-01'],
      { inventario: false, ventas: true },
    ],
    ['what failed', ['--solo-fallidas'], { inventario: true, ventas: false }],
  ])('With %s it runs the pipelines that the flags are about', (_title, argv, expected) => {
    const { inventario, ventas } = parse(...argv);
    expect({ inventario: inventario !== undefined, ventas: ventas !== undefined }).toEqual(expected);
  });

  it('It passes stores, days and --forzar on to the sales', () => {
    const argv = ['--tiendas', 'tienda_01', '--forzar', '--desde', '2026-11-01', '--hasta', '2026-11-02'];
    expect(parse(...argv).ventas).toEqual({
      dryRun: false,
      forzar: true,
      tiendas: ['tienda_01'],
      desde: '2026-11-01',
      hasta: '2026-11-02',
    });
  });

  it('It refuses days together with --solo-fallidas, which concerns the inventory only', () => {
    expect(() => parse('--solo-fallidas', '--desde', '2026-11-01')).toThrow(
      '--solo-fallidas es del inventario, y --desde y --hasta, de las ventas',
    );
  });
});
