import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { invokeLocally, invokeVentasLocally, scheduledEvent } from '../../bin/program/invoke-locally.ts';
import { readVerificationRows, readVerificationVentas } from '../../bin/queries/read-verification.ts';
import { readCatalogo } from '../../lambdas/core/config/catalogo.ts';
import { withLocalEnvironment } from '../../local/environment.ts';
import type { LocalEnvironment } from '../../local/environment.ts';
import { runBin } from '../support/commands.ts';
import { runOn } from '../support/database.ts';
import { captureOutput } from '../support/output.ts';

/** A busy machine takes half a minute to make a PostgreSQL, start it twice and load it twice. */
const TWO_STARTS_MS = 120_000;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inventario-klk-local-'));
});

afterAll(() => rm(folder, { recursive: true }));

const Resumen = z.object({
  estado: z.string(),
  totales: z.object({ cargadas: z.number(), inventario: z.number(), historico: z.number() }),
  tiendas: z.array(z.object({ almacenes: z.array(z.object({ inventario: z.number() })) })),
});

const Existencias = z.object({ existencias: z.string() });

const withLocal = <T>(fn: (environment: LocalEnvironment) => Promise<T>): Promise<T> =>
  withLocalEnvironment(folder, readCatalogo(), () => undefined, fn);

/** What `npm run local` does between bringing everything up and printing it. */
async function run(event: unknown, environment: LocalEnvironment): Promise<z.infer<typeof Resumen>> {
  const { outcome } = await captureOutput(() => invokeLocally(event, environment));
  if (outcome.status === 'rejected') throw outcome.reason;
  return Resumen.parse(outcome.value);
}

const ResumenVentas = z.object({
  estado: z.string(),
  totales: z.object({ cargadas: z.number(), fallidas: z.number(), nuevas: z.number() }),
});

/** The same of the sales. */
async function runVentas(environment: LocalEnvironment): Promise<z.infer<typeof ResumenVentas>> {
  const { outcome } = await captureOutput(() => invokeVentasLocally(scheduledEvent(), environment));
  if (outcome.status === 'rejected') throw outcome.reason;
  return ResumenVentas.parse(outcome.value);
}

const countRows = async ({ database }: LocalEnvironment): Promise<unknown> =>
  (
    await runOn(
      database,
      `SELECT (SELECT count(*) FROM inventario_actual)::integer AS actual,
              (SELECT count(*) FROM inventario_historico)::integer AS historico,
              (SELECT max(fecha_actualizacion) FROM inventario_actual) AS hora,
              (SELECT sum(cantidad) FROM inventario_actual) AS existencias`,
    )
  )[0];

describe('npm run local', () => {
  it(
    'It keeps its data: a second run closes the versions that changed and adds to the history, and a dry run changes nothing',
    async () => {
      const first = await withLocal((environment) => run(scheduledEvent(), environment));
      expect(first).toMatchObject({ estado: 'exitosa', totales: { cargadas: 5, historico: 0 } });
      for (const { almacenes } of first.tiendas) {
        expect(almacenes[0]?.inventario).toBeGreaterThanOrEqual(3_850);
        expect(almacenes[0]?.inventario).toBeLessThanOrEqual(3_870);
      }

      await withLocal(async (environment) => {
        const before = await countRows(environment);
        const second = await run(scheduledEvent(), environment);
        const after = await countRows(environment);

        expect(second.totales.cargadas).toBe(5);
        expect(second.totales.historico).toBeGreaterThan(0);
        expect(second.totales.historico).toBeLessThan(first.totales.inventario);
        expect(after).toMatchObject({
          actual: first.totales.inventario,
          historico: first.totales.inventario,
        });
        expect(Existencias.parse(after)).not.toEqual(Existencias.parse(before));
        expect(await readVerificationRows(environment.database)).toHaveLength(10);

        expect(await run({ dryRun: true, tiendas: ['tienda_01'] }, environment)).toMatchObject({
          estado: 'simulada',
        });
        expect(await countRows(environment)).toEqual(after);
      });
    },
    TWO_STARTS_MS,
  );

  it(
    'It loads the sales of the last days of every store; a second run finds only what KLK added since',
    async () => {
      await withLocal(async (environment) => {
        const first = await runVentas(environment);
        expect(first).toMatchObject({ estado: 'exitosa', totales: { cargadas: 5, fallidas: 0 } });
        expect(first.totales.nuevas).toBeGreaterThan(5 * 7 * 200);
        expect(await readVerificationVentas(environment.database)).toHaveLength(10);

        const second = await runVentas(environment);
        expect(second.estado).toBe('exitosa');
        expect(second.totales.nuevas).toBeLessThan(100);
      });
    },
    TWO_STARTS_MS,
  );
});

describe('npm run local refuses before it starts anything, with exit 2:', () => {
  it.each<[string, string[], Record<string, string>, ...string[]]>([
    ['a fault that it does not know', ['--falla', 'APP-TPF=lluvia'], {}, 'lluvia', 'incompleta'],
    ['a fault of a warehouse that it does not know', ['--falla', 'NADIE=vacia'], {}, 'NADIE', 'APP-TPF'],
    ['an unknown store', ['--tiendas', 'tienda_99'], {}, 'tienda_99'],
    ['a fault of a branch that only the inventory has', ['--falla', 'SUC001=ceros'], {}, 'SUC001'],
    ['days that are none', ['--desde', '2026-02-30'], {}, 'desde'],
    ['an unknown order', ['sirve'], {}, 'sirve', 'servir'],
    ['flags that npm swallowed', [], { npm_config_dry_run: 'true' }, 'npm run local -- --dry-run'],
  ])('%s', async (_title, args, env, ...parts) => {
    const { status, stdout, stderr } = await runBin('local', args, env);

    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    for (const part of parts) expect(stderr).toContain(part);
  });
});
