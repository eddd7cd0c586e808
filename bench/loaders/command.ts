import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { Task } from './loader.ts';

const Resumen = z.object({ totales: z.object({ inventario: z.number() }) });

/** The pipeline as an operator runs it: npm, Node, the command, and the process's end. */
export async function loadWithCommand({ klkUrl, database, tiendas }: Task): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'inventario-klk-bench-'));
  try {
    const catalogo = join(folder, 'tiendas.json');
    await writeFile(catalogo, JSON.stringify({ tiendas }));
    const child = spawn('npm', ['run', '-s', 'etl', '--', '--json'], {
      env: {
        ...process.env,
        KLK_URL: klkUrl,
        TIENDAS_ARCHIVO: catalogo,
        POSTGRES_HOST: database.host,
        POSTGRES_PORT: String(database.port),
        POSTGRES_DB: database.database,
        POSTGRES_USER: database.user,
        POSTGRES_PASSWORD: database.password,
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [answer] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    return Resumen.parse(JSON.parse(answer)).totales.inventario;
  } finally {
    await rm(folder, { recursive: true });
  }
}
