import type { Case, Measured } from './case.ts';
import type { LoaderName } from './lane.ts';
import { atLeast, atMost } from './target.ts';
import type { Target } from './target.ts';

/** Picks a measurement of a case, by default of our own loader. */
type Pick = (title: string, loader?: LoaderName) => Measured;

/** One question about speed: cases that differ in one variable, and the targets. */
export interface Part {
  readonly title: string;
  readonly cases: readonly Case[];
  readonly targets: (of: Pick) => readonly Target[];
}

const ours = ['ours'] as const;
const withFloor = ['ours', 'floor'] as const;

/** Every half hour. */
export const RUNS_PER_DAY = 48;

/** Rounds of three answers for 20 warehouses. */
const KLK_ROUNDS = 7;

/** By the name that the command line takes. */
export const PARTS: Readonly<Record<string, Part>> = {
  base: {
    title: '20 warehouses x 3,860 articles, 5 % of the stock moved',
    cases: [{ title: 'base', scenario: {}, loaders: ['ours', 'rowByRow', 'floor'] }],
    targets: (of) => [
      atLeast('at least 36 x the row-by-row loader', of('base', 'rowByRow').ms / of('base').ms, 36, ' x'),
      atMost('at most 1.3 x the floor', of('base').ms / of('base', 'floor').ms, 1.3, ' x'),
      atMost('at most 10 MB of WAL right after a checkpoint', of('base').walMb, 10, ' MB'),
      atMost('at most 40 MB of history a day', of('base').historicoMb * RUNS_PER_DAY, 40, ' MB'),
      atMost('peak memory under 180 MB', of('base').peakMb, 180, ' MB'),
    ],
  },
  script: {
    title: 'What an engineer would script: curl, three at once, jq, COPY, set-based statements, no checks',
    cases: [{ title: 'base', scenario: {}, loaders: ['ours', 'command', 'script'] }],
    targets: (of) => [
      atMost('a run in process takes at most half', of('base').ms / of('base', 'script').ms, 0.5, ' x'),
      atMost(
        'the command, npm included, three quarters',
        of('base', 'command').ms / of('base', 'script').ms,
        0.75,
        ' x',
      ),
    ],
  },
  almacenes: {
    title: 'Number of warehouses',
    cases: [
      { title: '5', scenario: { almacenes: 5 }, loaders: withFloor },
      { title: '20', scenario: {}, loaders: ours },
      { title: '200', scenario: { almacenes: 200 }, loaders: ours },
    ],
    targets: (of) => [
      atMost(
        'time linear: a warehouse of 200 takes at most 1.1 x one of 20',
        of('200').ms / 10 / of('20').ms,
        1.1,
        ' x',
      ),
      atMost('memory of 200 within 20 % of that of 20', of('200').peakMb / of('20').peakMb, 1.2, ' x'),
      atMost('peak memory under 180 MB', of('200').peakMb, 180, ' MB'),
    ],
  },
  articulos: {
    title: 'Articles in one warehouse',
    cases: [
      { title: '3,860', scenario: { almacenes: 1 }, loaders: withFloor },
      { title: '100,000', scenario: { almacenes: 1, articulos: 100_000 }, loaders: withFloor },
    ],
    targets: (of) => [atMost('100,000 articles in less than 400 MB', of('100,000').peakMb, 400, ' MB')],
  },
  movimiento: {
    title: 'Share of the stock that moved',
    cases: [
      { title: '0 %', scenario: { movimiento: 0 }, loaders: withFloor },
      { title: '100 %', scenario: { movimiento: 1 }, loaders: withFloor },
    ],
    targets: (of) => [atMost('nothing moved: at most 1 MB of WAL', of('0 %').walMb, 1, ' MB')],
  },
  guards: {
    title: 'What the guards cost',
    cases: [{ title: 'base', scenario: {}, loaders: ['ours', 'unguarded'] }],
    targets: (of) => [
      atMost('at most 10 % of a healthy run', of('base').ms / of('base', 'unguarded').ms, 1.1, ' x'),
    ],
  },
  ventas: {
    title: 'A day of sales from nothing, 20 stores x 12,000 lines',
    cases: [
      {
        title: 'day',
        scenario: { diasAtras: { desde: 1, hasta: 1 }, vacia: true },
        loaders: ['ventas', 'ventasFloor'],
      },
    ],
    targets: (of) => [
      atMost('at most 1.5 x the floor', of('day', 'ventas').ms / of('day', 'ventasFloor').ms, 1.5, ' x'),
      atMost('peak memory under 250 MB', of('day', 'ventas').peakMb, 250, ' MB'),
    ],
  },
  'ventas-again': {
    title: 'The same day of sales read again, unchanged',
    cases: [{ title: 'day', scenario: { diasAtras: { desde: 1, hasta: 1 } }, loaders: ['ventas'] }],
    targets: (of) => [
      atMost('at most 2 MB of WAL right after a checkpoint', of('day', 'ventas').walMb, 2, ' MB'),
    ],
  },
  'ventas-run': {
    title: 'A half-hourly run: what is due of 20 stores, KLK answering at once',
    cases: [{ title: 'run', scenario: {}, loaders: ['ventas'] }],
    targets: (of) => [
      // At night nothing is due.
      atLeast('lines read, between 07:00 and 21:00 of Caracas', of('run', 'ventas').rows, 1, ' lines'),
      atMost('under 3 s of our own time', of('run', 'ventas').ms / 1_000, 3, ' s'),
    ],
  },
  'ventas-year': {
    title: 'A year of one store from nothing, 12,000 lines a day',
    cases: [
      {
        title: 'year',
        scenario: { almacenes: 1, diasAtras: { desde: 365, hasta: 1 }, vacia: true },
        loaders: ['ventas'],
        once: true,
      },
    ],
    targets: (of) => [
      atMost('under 10 minutes of our own time', of('year', 'ventas').ms / 60_000, 10, ' minutes'),
    ],
  },
  distance: {
    title: 'Round trip to the database',
    cases: [
      { title: '0 ms', scenario: { rttMs: 0 }, loaders: ours },
      { title: '2 ms', scenario: { rttMs: 2 }, loaders: ours },
      { title: '20 ms', scenario: { rttMs: 20 }, loaders: ours },
    ],
    targets: (of) => [atMost('2 ms: at most 15 % slower', of('2 ms').ms / of('0 ms').ms, 1.15, ' x')],
  },
  klk: {
    title: 'Time KLK takes for one answer, three at once',
    cases: [
      { title: '300 ms', scenario: { klkMs: 300 }, loaders: ours },
      { title: '2 s', scenario: { klkMs: 2_000 }, loaders: ours },
    ],
    targets: (of) => [
      atMost(
        `2 s: what ${KLK_ROUNDS} rounds of three answers take, and at most 5 % more`,
        of('2 s').ms / (KLK_ROUNDS * 2_000),
        1.05,
        ' x',
      ),
    ],
  },
};
