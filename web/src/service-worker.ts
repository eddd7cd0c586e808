/** Caches the page's files, never answers, so that the page opens without network. With network the newest page is loaded. */

const CACHE = 'pagina';
const ASSET = /(?:src|href)="(\/(?:assets\/[^"]+|icono\.svg))"/g;

interface Fetching extends Event {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
const isFetching = (event: Event): event is Fetching => 'respondWith' in event;
const isWaiting = (event: Event): event is Waiting => 'waitUntil' in event;

async function keepPage(page: Response): Promise<void> {
  const cache = await caches.open(CACHE);
  const html = await page.clone().text();
  const before = await (await cache.match('/'))?.text();
  if (before === html) return;
  const assets = [...html.matchAll(ASSET)].map(([, path = '']) => path);
  for (const kept of await cache.keys()) {
    if (!assets.includes(new URL(kept.url).pathname)) await cache.delete(kept);
  }
  await cache.addAll(assets);
  await cache.put('/', page);
}

async function openPage(request: Request): Promise<Response> {
  try {
    const page = await fetch(request);
    // In `npm run local` the issuer's form has the same origin as the page; its `no-store` keeps it out of the cache.
    const keeps = page.ok && !page.redirected && page.headers.get('Cache-Control') !== 'no-store';
    if (keeps) await keepPage(page.clone()).catch(() => undefined);
    return page;
  } catch (error) {
    const kept = await caches.match('/');
    if (kept === undefined) throw error;
    return kept;
  }
}

/** An asset never changes: its name holds its hash. */
async function openAsset(request: Request): Promise<Response> {
  const kept = await caches.match(request);
  if (kept !== undefined) return kept;
  const asset = await fetch(request);
  if (asset.ok) await (await caches.open(CACHE)).put(request, asset.clone());
  return asset;
}

addEventListener('install', (event) => {
  if (isWaiting(event)) event.waitUntil(fetch('/').then(keepPage));
});

addEventListener('fetch', (event) => {
  if (!isFetching(event)) return;
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate') event.respondWith(openPage(request));
  else if (pathname.startsWith('/assets/') || pathname === '/icono.svg')
    event.respondWith(openAsset(request));
});
