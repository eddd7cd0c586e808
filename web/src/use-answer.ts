import { useContext, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ask, recall, unreadable } from './ask.ts';
import type { Failure, Held } from './ask.ts';
import { ShapeError, parse } from './shape.ts';
import type { Guard } from './shape.ts';
import { ReaderPending } from './people.ts';
import { sesion } from './session.ts';

/** An answer that can be shown. */
export interface Shown<T> {
  readonly path: string;
  readonly value: T;
  readonly received: number;
}

/** A question and the state of its answer. */
export interface Asked<T> {
  /** The answer. While a new one loads, or if it fails, the last one that was received. */
  readonly shown: Shown<T> | undefined;
  /** Whether `shown` is the answer to an earlier question. */
  readonly older: boolean;
  readonly loading: boolean;
  readonly failure: Failure | undefined;
  readonly again: () => void;
}

/** The interval in which an answer is asked for again while the tab is visible. */
const REVALIDATE_MS = 120_000;
/** The interval in which it is asked again without network. */
const RETRY_MS = 15_000;

const isFailure = (outcome: Held | Failure): outcome is Failure => 'kind' in outcome;

interface Ended {
  readonly path: string;
  readonly failure: Failure | undefined;
}

/** Asks the API, and asks again when the question changes and in the intervals above. */
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
    // A timer does not depend on the clock, which may be set.
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

/** Milliseconds after which the question is asked again; undefined when asking again would not help. */
function waitOf(failure: Failure | undefined, revalidate: boolean): number | undefined {
  if (failure === undefined) return revalidate ? REVALIDATE_MS : undefined;
  if (failure.kind === 'vencida' || sesion.get() !== 'abierta') return undefined;
  if (failure.kind === 'sin-red') return RETRY_MS;
  // A question that was too slow would be too slow again, so only a database that is down is asked again.
  const isDown = failure.problema.type === 'urn:consultas:base-inaccesible';
  return isDown && failure.retryAfterSeconds !== undefined ? failure.retryAfterSeconds * 1_000 : undefined;
}

/** The further pages of a list that were loaded, by the list's path. They are shown again when the reader returns to it. */
const further = new Map<string, { readonly first: Held | undefined; readonly paths: readonly string[] }>();

interface Page {
  readonly filas: readonly unknown[];
  readonly siguiente: string | null;
}
type Fila<T extends Page> = T['filas'][number];

const NO_PATHS: readonly string[] = [];

/** A list that the API answers in pages. */
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
  // With further pages the first one is not asked for again: a new first page might not fit the others.
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
