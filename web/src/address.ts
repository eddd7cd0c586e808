import { createStore, useStore } from './store.ts';

/** The page's address. It holds every filter, so that a copied address shows the same. */
export interface Address {
  readonly path: string;
  readonly query: URLSearchParams;
}

const read = (): Address => ({
  path: location.pathname,
  query: new URLSearchParams(location.search),
});

const current = createStore(read());

/** The address; the component is rendered again when it changes. */
export const useAddress = (): Address => useStore(current);

/** Changes of the query; undefined or '' removes a parameter. */
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

/** What is kept with an entry of the browser's history: the scroll position, and the link that had the focus. */
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

/** Goes to an address. With `replace` the history gets no new entry, as while typing in a search. */
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

/** The place in the history's entry to which the reader went back or forward, until it is taken. */
let goneBackTo: Place | undefined;

/** Takes the place after going back or forward; undefined otherwise, and when it was taken before. */
export function takePlace(): Place | undefined {
  const place = goneBackTo;
  goneBackTo = undefined;
  return place;
}

/** Handles links within the page without loading it again, and the browser's back and forward. */
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
