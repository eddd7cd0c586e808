import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import { ConfiguracionInvalida } from '../../lambdas/core/errors/invalid.ts';
import { readReporte } from '../report/read-reporte.ts';
import { SALIDA } from '../program/asking.ts';
import type { Asking } from '../program/asking.ts';
import { optionsOf } from '../program/flags.ts';

/** Answers `reporte`: the state of the pipeline as one HTML file. */
export async function answerReporte({ withContext, nameOrigen }: Asking, command: Command): Promise<void> {
  const { json, salida } = optionsOf(command, { salida: z.string().default(SALIDA) });
  await withContext(async (context) => {
    const reporte = await readReporte(context);
    if (json) {
      process.stdout.write(`${JSON.stringify(reporte)}\n`);
      return;
    }
    // Imported here, because vega is a development dependency and slow to load.
    const { renderReporte } = await import('../report/page.ts');
    await write(salida, await renderReporte(reporte, { ...context, nameOrigen }));
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
