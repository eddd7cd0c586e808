import { useContext, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ask, recall, unreadable } from './ask.ts';
import type { Failure, Held } from './ask.ts';
import { ShapeError, parse } from './shape.ts';
import type { Guard } from './shape.ts';
import { ReaderPending } from './people.ts';
import { sesion } from './session.ts';

/** An answer that can be drawn. */
export interface Shown<T> {
  readonly path: string;
  readonly value: T;
  readonly received: number;
}

/** A question, and what is known of its answer. */
export interface Asked<T> {
  /** The answer; while a new one loads or fails, the last one that there was. */
  readonly shown: Shown<T> | undefined;
  /** Whether `shown` answers another question than the one that is asked. */
  readonly older: boolean;
  readonly loading: boolean;
  readonly failure: Failure | undefined;
  readonly again: () => void;
}

/** Looks again after this long, and when the reader comes back to the tab after it. */
const REVALIDATE_MS = 120_000;
/** Without network, looks this often whether it is back. */
const RETRY_MS = 15_000;

const isFailure = (outcome: Held | Failure): outcome is Failure => 'kind' in outcome;

interface Ended {
  readonly path: string;
  readonly failure: Failure | undefined;
}

/** Asks the API, and again whenever the question changes or its answer is no longer new. */
export function useAnswer<T>(path: string, guard: Guard<T>, { revalidate = true } = {}): Asked<T> {
  const [own, setOwn] = useState(0);
  const [ended, setEnded] = useState<Ended>();
  const [loading, setLoading] = useState(true);
  const last = useRef<Shown<T>>(undefined);

  const held = recall(path);
  const read = useMemo(() => readShown(path, guard, held), [path, held]);
  if (read !== undefined && !('kind' in read)) last.current = read;

  useEffect(() => {
    const abort = new AbortController();
    setLoading(true);
    void ask(path, abort.signal).then((outcome) => {
      if (abort.signal.aborted) return;
      setLoading(false);
      setEnded({ path, failure: isFailure(outcome) ? outcome : undefined });
    });
    return () => {
      abort.abort();
    };
  }, [path, own]);

  const again = (): void => {
    setOwn((count) => count + 1);
  };
  const failed = ended?.path === path ? ended.failure : undefined;
  const failure = failed ?? (read !== undefined && 'kind' in read ? read : undefined);
  useRevalidation(again, failure, revalidate);

  const shown = last.current;
  return {
    shown,
    older: shown !== undefined && shown.path !== path,
    loading: loading || ended?.path !== path,
    failure,
    again,
  };
}

function readShown<T>(path: string, guard: Guard<T>, held: Held | undefined): Shown<T> | Failure | undefined {
  if (held === undefined) return undefined;
  try {
    return { path, value: parse(guard, held.body), received: held.received };
  } catch (error) {
    if (error instanceof ShapeError) return unreadable(200, error.message);
    throw error;
  }
}

function useRevalidation(again: () => void, failure: Failure | undefined, revalidate: boolean): void {
  const latest = useRef(again);
  latest.current = again;
  useEffect(() => {
    const wait = waitOf(failure, revalidate);
    if (wait === undefined) return;
    let asked = Date.now();
    const look = (): void => {
      if (document.visibilityState !== 'visible') return;
      asked = Date.now();
      latest.current();
    };
    const lookWhenDue = (): void => {
      if (Date.now() - asked >= wait) look();
    };
    // Not by the clock, which may stand or be set: the browser itself counts the wait.
    const timer = setInterval(look, wait);
    document.addEventListener('visibilitychange', lookWhenDue);
    addEventListener('online', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', lookWhenDue);
      removeEventListener('online', look);
    };
  }, [failure, revalidate]);
}

/** After how long to ask again by itself; undefined when that would not help. */
function waitOf(failure: Failure | undefined, revalidate: boolean): number | undefined {
  if (failure === undefined) return revalidate ? REVALIDATE_MS : undefined;
  if (failure.kind === 'vencida' || sesion.get() !== 'abierta') return undefined;
  if (failure.kind === 'sin-red') return RETRY_MS;
  // A question that was too slow would only be so again.
  const isDown = failure.problema.type === 'urn:consultas:base-inaccesible';
  return isDown && failure.retryAfterSeconds !== undefined ? failure.retryAfterSeconds * 1_000 : undefined;
}

/** Which further pages were loaded of a list, so that they are there again when the reader comes back to it. */
const further = new Map<string, { readonly first: Held | undefined; readonly paths: readonly string[] }>();

interface Page {
  readonly filas: readonly unknown[];
  readonly siguiente: string | null;
}
type Fila<T extends Page> = T['filas'][number];

const NO_PATHS: readonly string[] = [];

/** A list that the API gives a page at a time. */
export interface AskedList<F, T> extends Asked<T> {
  readonly filas: readonly F[];
  readonly more: (() => void) | undefined;
  readonly loadingMore: boolean;
  readonly moreFailure: Failure | undefined;
}

/** Asks for a list; `more` loads its next page. */
export function useList<T extends Page>(path: string, guard: Guard<T>): AskedList<Fila<T>, T> {
  const [loadingMore, setLoadingMore] = useState(false);
  const [moreFailure, setMoreFailure] = useState<Failure>();
  const known = further.get(path);
  const hasMore = known !== undefined && known.paths.length > 0;
  // A first page that is asked again could change under the pages that follow it.
  const answer = useAnswer(path, guard, { revalidate: !hasMore });
  const pending = useContext(ReaderPending);
  const asked = pending ? { ...answer, shown: undefined, loading: true } : answer;
  const { shown } = asked;
  const first = shown === undefined ? undefined : recall(shown.path);
  const belongs = known !== undefined && !asked.older && known.first?.etag === first?.etag;
  const paths = belongs ? known.paths : NO_PATHS;

  const value = shown?.value;
  const pages = useMemo(() => {
    const read: T[] = value === undefined ? [] : [value];
    for (const next of paths) {
      const page = readShown(next, guard, recall(next));
      if (page === undefined || 'kind' in page) break;
      read.push(page.value);
    }
    return read;
  }, [value, paths]);
  const filas = useMemo(() => pages.flatMap((page): readonly Fila<T>[] => page.filas), [pages]);

  const cursor = pages.at(-1)?.siguiente ?? null;
  const more = (): void => {
    if (cursor === null || loadingMore) return;
    const next = `${path}${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
    setLoadingMore(true);
    setMoreFailure(undefined);
    void ask(next, new AbortController().signal).then((outcome) => {
      if (isFailure(outcome)) setMoreFailure(outcome);
      else further.set(path, { first, paths: [...paths, next] });
      setLoadingMore(false);
    });
  };
  return {
    ...asked,
    filas,
    more: cursor === null || asked.older ? undefined : more,
    loadingMore,
    moreFailure,
  };
}
