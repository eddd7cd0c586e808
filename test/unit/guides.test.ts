import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { readEtlConfig, readMigrateConfig } from '../../bin/config.ts';
import { codeBlocks, readDocument } from '../support/guide.ts';

const GUIDES = [
  'README.md',
  'CONTRIBUTING.md',
  'docs/despliegue.md',
  'docs/operacion.md',
  'docs/ventas.md',
  'docs/errores.md',
  'docs/arquitectura.md',
  'docs/datos.md',
  'docs/rendimiento.md',
  'docs/sin-aws.md',
  'docs/configuration.md',
  'docs/consultas.md',
  'docs/mapping.md',
  'docs/fiabilidad.md',
];

const PackageSchema = z.object({ scripts: z.record(z.string(), z.string()) });

/** What can follow `npm run etl --`, `npm run ventas --` or `npm run local --` where it is written down. */
const KNOWN =
  /^(ayuda|estado|historial|diagnostico|tiendas|rechazos|reporte|servir|cobertura|cuadrar|sondeo|--(dry-run|tiendas|forzar|solo-fallidas|desde|json|falla)\b|<comando>|\[flags\])/;

/** A heading's anchor, as GitHub makes it. */
const toAnchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (document: string): string[] =>
  [...readDocument(document).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => toAnchor(heading));

describe.each(GUIDES)('%s', (guide) => {
  const text = readDocument(guide);

  it('links to files and headings that exist', () => {
    const broken = [...text.matchAll(/\]\(([^)]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^https?:/.test(target))
      .filter((target) => {
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? guide : join(dirname(guide), path);
        if (!existsSync(new URL(`../../${file}`, import.meta.url))) return true;
        return anchor !== undefined && !anchorsOf(file).includes(anchor);
      });
    expect(broken).toEqual([]);
  });

  it('names no command that does not exist', () => {
    const asked = [...text.matchAll(/npm run (?:-s )?(?:etl|ventas|local) -- (\S+)/g)].map(
      ([, word = '']) => word,
    );
    expect(asked.filter((word) => !KNOWN.test(word))).toEqual([]);
  });

  it('names no npm script that does not exist', () => {
    const { scripts } = PackageSchema.parse(JSON.parse(readDocument('package.json')));
    const named = [...text.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, script = '']) => script);
    expect(named.filter((script) => !Object.hasOwn(scripts, script))).toEqual([]);
  });
});

describe('docs/operacion.md', () => {
  it('has a table with a replacement for every command of the predecessor', () => {
    const [, table = ''] = readDocument('docs/operacion.md').split(/^## Antes y ahora$/m);
    for (const task of [
      '--dry-run',
      '--tiendas',
      'run_migrations',
      'tail -f',
      'grep "ERROR"',
      'RESUMEN ETL',
      'docker-compose',
    ])
      expect(table).toContain(task);
  });

  it('has a jq command for each question of Logs Insights', () => {
    const [jq = '', insights = ''] = ['bash', 'text'].map((language) =>
      codeBlocks(readDocument('docs/operacion.md'), language, 'Leer los registros').join(''),
    );
    const questions = ['el último resumen', 'los errores de una tienda', 'las tiendas más lentas'];
    for (const question of questions)
      for (const block of [jq, insights]) expect(block).toContain(`# ${question}`);
  });
});

describe('docs/sin-aws.md', () => {
  const GUIDE = readDocument('docs/sin-aws.md');

  /** An environment file of the guide, as systemd and the shell read it. */
  const environmentOf = (block: string): Record<string, string> =>
    Object.fromEntries(
      [...block.matchAll(/^(\w+)='([^']*)'$/gm)].map(([, name = '', value = '']) => [name, value]),
    );

  it('has environment files of which the programs read every variable', async () => {
    const [etl = {}, migrate = {}] = codeBlocks(GUIDE, 'sh').map(environmentOf);
    // The authority's file is the reader's own, and TLS is what needs it.
    expect([etl['DB_CA_ARCHIVO'], migrate['DB_CA_ARCHIVO']]).toEqual(
      Array(2).fill('/etc/inventario-klk/ca.pem'),
    );
    const filled = { POSTGRES_SSL: 'no', POSTGRES_ETL_PASSWORD: 'una-de-ejemplo' };
    const config = readEtlConfig(false, { ...etl, ...filled });
    expect(config.klk.baseUrl.toString()).toContain('192.0.2.10:7002');
    expect(await config.readDatabaseSettings()).toMatchObject({ user: 'inventario_etl' });
    expect(readMigrateConfig({ ...migrate, ...filled })).toMatchObject({
      database: { user: 'migraciones' },
      etlUser: { user: 'inventario_etl' },
      conservarMeses: 24,
    });
  });

  it('names only variables that are in the table of the configuration', () => {
    const table = readDocument('docs/configuration.md').replaceAll(/`POSTGRES_HOST`([^|]*)/g, (row) =>
      row.replaceAll('`_', '`POSTGRES_'),
    );
    const named = new Set(GUIDE.match(/\b(?:KLK|ETL|POSTGRES|DB|TIENDAS)_[A-Z_]+\b/g));
    expect([...named].filter((variable) => !table.includes(`\`${variable}\``))).toEqual([]);
  });

  it('starts in a container only files that the image has', () => {
    const [image = ''] = codeBlocks(GUIDE, 'dockerfile');
    const copied = [...image.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, files = '']) => files.split(' '));
    expect(copied.filter((file) => !existsSync(new URL(`../../${file}`, import.meta.url)))).toEqual([]);
    expect(copied).toEqual(expect.arrayContaining(['bin', 'lambdas', 'migrations', '.npmrc']));
  });
});
