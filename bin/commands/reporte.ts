import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import { ConfiguracionInvalida } from '../../lambdas/core/errors/invalid.ts';
import { readReporte } from '../report/read-reporte.ts';
import { SALIDA } from './asking.ts';
import type { Asking } from './asking.ts';
import { optionsOf } from './options-of.ts';

/** Answers `reporte`: one HTML file that says how things are going. */
export async function answerReporte({ withSystems, nameOrigen }: Asking, command: Command): Promise<void> {
  const { json, salida } = optionsOf(command, { salida: z.string().default(SALIDA) });
  await withSystems(async (systems) => {
    const reporte = await readReporte(systems);
    if (json) {
      process.stdout.write(`${JSON.stringify(reporte)}\n`);
      return;
    }
    // Only here, because drawing needs a development dependency that takes its time to load.
    const { renderReporte } = await import('../report/page.ts');
    await write(salida, await renderReporte(reporte, { ...systems, nameOrigen }));
    process.stdout.write(`Informe escrito en ${salida}\n`);
  });
}

async function write(archivo: string, page: string): Promise<void> {
  try {
    await writeFile(archivo, page);
  } catch (error) {
    throw new ConfiguracionInvalida([`--salida ${archivo}: no se puede escribir (${String(error)})`]);
  }
}
