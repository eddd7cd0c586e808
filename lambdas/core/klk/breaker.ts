import { PipelineError } from '../errors/errors.ts';
import type { CodigoError } from '../errors/codes.ts';

/** Failures after the request reached KLK: the subject may be the cause. */
export const SILENT_ERRORS = ['KLK_SIN_RESPUESTA', 'KLK_CORTADA'] as const;

/** Failures in which no HTTP answer arrived at all. */
const CONNECTION_LEVEL = ['KLK_INACCESIBLE', ...SILENT_ERRORS] as const;

const FAILED_SUBJECTS_TO_OPEN = 2;

/** What earlier runs say about the subjects of this one: warehouses of the inventory, stores of the sales. */
export interface EarlierRuns {
  /** They did not answer the last time, so another failure of theirs does not count against KLK. */
  readonly silent: ReadonlySet<string>;
  /** The last run did not ask them, because its breaker was open. This run asks them at least once. */
  readonly owed: ReadonlySet<string>;
}

/**
 * The circuit breaker. It opens when two different subjects in a row have failed for good without an answer; then every further attempt
 * is refused at once, so that a KLK that is down ends the run in seconds. Any HTTP answer resets the count. Subjects that failed in
 * earlier runs do not open it alone (docs/decisions/0013).
 */
export interface Breaker {
  /** @throws PipelineError `KLK_CAIDA` when open. */
  refuseIfOpen(subject: string): void;
  readonly isOpen: () => boolean;
  /** Two different subjects in a row have no answer and one will be repeated. Meanwhile no new subject is asked. */
  readonly inDoubt: () => boolean;
  /** Resolves when KLK is not in doubt. */
  untilSure(): Promise<void>;
  /** An attempt that got an answer of any kind. */
  recordAnswer(): void;
  /** An attempt that failed without an answer, and whether it will be repeated. */
  recordFailure(subject: string, error: unknown, repeated: boolean): void;
  /** A subject that is not asked again. */
  recordEnd(subject: string): void;
}

const codigoOf = (error: unknown): CodigoError | undefined =>
  error instanceof PipelineError ? error.codigo : undefined;

const isConnectionFailure = (error: unknown): boolean =>
  CONNECTION_LEVEL.some((codigo) => codigo === codigoOf(error));

const isUnreachable = (error: unknown): boolean => codigoOf(error) === 'KLK_INACCESIBLE';

/** A closed breaker for one run over these subjects. */
export function createBreaker(subjects: readonly string[], { silent, owed }: EarlierRuns): Breaker {
  /** Subjects without a failure, neither now nor in the last run that asked them. */
  const expected = new Set(subjects.filter((subject) => !silent.has(subject)));
  const retrying = new Set<string>();
  const failed = new Map<string, unknown>();
  let waiting: (() => void)[] = [];

  const isOpen = (): boolean => failed.size >= FAILED_SUBJECTS_TO_OPEN;
  const inDoubt = (): boolean =>
    !isOpen() && new Set([...failed.keys(), ...retrying]).size >= FAILED_SUBJECTS_TO_OPEN;
  const release = (): void => {
    if (inDoubt()) return;
    for (const resume of waiting) resume();
    waiting = [];
  };

  return {
    isOpen,
    inDoubt,
    refuseIfOpen: (subject) => {
      if (!isOpen() || (owed.has(subject) && ![...failed.values()].every(isUnreachable))) return;
      throw new PipelineError(
        'KLK_CAIDA',
        `KLK no contestó a ${[...failed.keys()].join(' ni a ')}; no se le pregunta más en esta ejecución`,
      );
    },
    untilSure: () => (inDoubt() ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve()),
    recordAnswer: () => {
      retrying.clear();
      // Once open it stays open: an answer still in flight does not restart the run.
      if (!isOpen()) failed.clear();
      release();
    },
    recordFailure: (subject, error, repeated) => {
      if (!isConnectionFailure(error)) return;
      if (!repeated) expected.delete(subject);
      if (silent.has(subject) && expected.size > 0 && !isUnreachable(error)) return;
      if (repeated) retrying.add(subject);
      else if (!isOpen()) failed.set(subject, error);
    },
    recordEnd: (subject) => {
      retrying.delete(subject);
      release();
    },
  };
}
