import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { remedyFor } from '../../lambdas/core/run/remedy.ts';
import { ERRORES, isCodigoError } from '../../lambdas/core/errors/codes.ts';
import { MOTIVOS_RECHAZO_VENTA } from '../../lambdas/ventas-klk/transform/rows.ts';

const catalogue = await readFile(new URL('../../docs/errores.md', import.meta.url), 'utf8');

describe('the error catalogue', () => {
  it('has one section for every code, and no other', () => {
    const headings = [...catalogue.matchAll(/^### (\w+)$/gm)].map(([, codigo]) => codigo);
    expect(headings.toSorted()).toEqual(Object.keys(ERRORES).toSorted());
  });

  it('says for every code what happens, why, and what to do', () => {
    const sections = catalogue.split(/^### /m).slice(1);
    const incomplete = sections.filter((section) =>
      ['**Qué pasa.**', '**Causas.**', '**Qué hacer.**'].some((part) => !section.includes(part)),
    );
    expect(incomplete).toEqual([]);
  });

  it.each(Object.keys(ERRORES).filter(isCodigoError))(
    'gives for %s the commands that its remedy names',
    (codigo) => {
      const [, section = ''] = catalogue.split(`### ${codigo}\n`);
      const [, written = ''] = /^\*\*Comandos\.\*\* (.*)$/m.exec(section.split(/^###? /m)[0] ?? '') ?? [];
      const dias = 'flujo' in ERRORES[codigo] ? { desde: '2026-11-24', hasta: '2026-11-24' } : {};
      const asked = { tiendas: ['tienda_01'], dryRun: false, forzar: false, ...dias };
      const { comandos } = remedyFor(codigo, asked, { program: 'etl' });
      expect(written).toBe(comandos.map(({ comando }) => `\`${comando}\``).join(', '));
    },
  );

  it('says that a code is retried exactly when the code is transient', () => {
    const sections = catalogue.split(/^### /m).slice(1);
    const retried = sections
      .filter((section) => /(?<!no )se reintenta/i.test(section.split('**Causas.**')[0] ?? ''))
      .map((section) => section.split('\n')[0]);
    const transient = Object.entries(ERRORES)
      .filter(([, definition]) => 'transitorio' in definition)
      .map(([codigo]) => codigo);
    expect(retried.toSorted()).toEqual(transient.toSorted());
  });

  it('explains every reason why a line of sales is rejected', () => {
    const [, reasons = ''] = catalogue.split('`ventas_rechazos.motivo`');
    const listed = [...(reasons.split(/^## /m)[0] ?? '').matchAll(/^\| `(\w+)` \| .+ \|$/gm)].map(
      ([, motivo]) => motivo,
    );

    expect(listed).toEqual(MOTIVOS_RECHAZO_VENTA);
  });

  it('has the three common errors of the predecessor', () => {
    for (const known of [
      'No se pudo conectar a PostgreSQL',
      "relation 'productos' does not exist",
      'ForeignKeyViolation',
    ]) {
      expect(catalogue).toContain(known);
    }
  });
});
