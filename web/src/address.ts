import { createStore, useStore } from './store.ts';

/** Where the reader is: every filter is part of it, so that a copied address shows the same. */
export interface Address {
  readonly path: string;
  readonly query: URLSearchParams;
}

const read = (): Address => ({
  path: location.pathname,
  query: new URLSearchParams(location.search),
});

const current = createStore(read());

/** The address; the component is drawn again when it changes. */
export const useAddress = (): Address => useStore(current);

/** Changes of the query; undefined or '' takes a parameter away. */
export type Changes = Readonly<Record<string, string | undefined>>;

/** The address of a page with these parameters. */
export function hrefOf(path: string, parameters: Changes = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== '') query.set(name, value);
  }
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** The same page with some parameters changed. */
export const hrefWith = ({ path, query }: Address, changes: Changes): string =>
  hrefOf(path, { ...Object.fromEntries(query), ...changes });

/** What the browser remembers of an entry of its history: how far down it was, and which link was in focus. */
interface Place {
  readonly y: number;
  readonly link: string | null;
}

const isPlace = (value: unknown): value is Place =>
  typeof value === 'object' &&
  value !== null &&
  'y' in value &&
  'link' in value &&
  typeof value.y === 'number';

/** Goes to an address. `replace` does so without a new entry in the history, as typing in a search does. */
export function navigate(href: string, { replace = false } = {}): void {
  const before = current.get().path;
  if (replace) {
    history.replaceState(history.state, '', href);
  } else {
    const link = document.activeElement?.getAttribute('href') ?? null;
    history.replaceState({ y: scrollY, link } satisfies Place, '');
    history.pushState(null, '', href);
  }
  current.set(read());
  if (current.get().path !== before) scrollTo(0, 0);
}

/** Where the reader was in the entry to which he went back, until it is taken. */
let goneBackTo: Place | undefined;

/** After going back or forward, once: where the reader was then. */
export function takePlace(): Place | undefined {
  const place = goneBackTo;
  goneBackTo = undefined;
  return place;
}

/** Follows links of this page without loading it again, and the browser's back and forward. */
export function followAddress(): void {
  history.scrollRestoration = 'manual';
  addEventListener('popstate', (event) => {
    const place: unknown = event.state;
    goneBackTo = isPlace(place) ? place : undefined;
    current.set(read());
  });
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link?.origin !== location.origin || link.target !== '' || link.hasAttribute('download')) return;
    event.preventDefault();
    navigate(link.pathname + link.search);
  });
}
