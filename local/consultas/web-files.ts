import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { Hono } from 'hono';

const TIPOS: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** A file of the built page. */
interface WebFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The built page, read into memory: its files by their path, and the page itself for every other path, whose route it reads from the
 * address. Only what was read can be asked for.
 */
export async function createWebFiles(dir: string): Promise<Hono> {
  const files = new Map<string, WebFile>();
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(dir, file).split(sep).join('/')}`;
    files.set(path, { bytes: new Uint8Array(await readFile(file)), headers: headersOf(path) });
  }
  const page = files.get('/index.html');
  if (page === undefined) throw new Error(`${dir} has no index.html`);
  const app = new Hono();
  app.get('*', (context) => {
    const { bytes, headers } = files.get(context.req.path) ?? page;
    return context.body(bytes, 200, headers);
  });
  return app;
}

/** Names below /assets/ change with their content; everything else is asked for again. */
const headersOf = (path: string): Readonly<Record<string, string>> => ({
  'Content-Type': TIPOS[extname(path)] ?? 'application/octet-stream',
  'Cache-Control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
});
