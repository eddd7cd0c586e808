import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { RespuestaArticulo } from './answers.ts';
import { toDay, toDia, toExact, toQuantity } from './format.ts';

/** What is drawn: stock as steps, above the sales of each day. */
export type Drawing = Pick<RespuestaArticulo, 'existencias' | 'ventas'>;

const STOCK_HEIGHT = 190;
const SALES_HEIGHT = 150;
const AXIS_WIDTH = 56;
const BAR_SHARE = 0.7;
const DAY_SECONDS = 86_400;
/** Caracas is four hours behind UTC, all year. */
const NOON_SECONDS = 16 * 3_600;

const secondsOf = (iso: string): number => Date.parse(iso) / 1_000;
const noonOf = (dia: string): number => secondsOf(`${dia}T00:00:00Z`) + NOON_SECONDS;

/** Draws into an element, and again when its width or the colour scheme changes. Returns what removes it. */
export function drawChart(element: HTMLElement, drawing: Drawing): () => void {
  let charts: readonly uPlot[] = [];
  const draw = (): void => {
    for (const chart of charts) chart.destroy();
    charts = chartsOf(element, drawing);
  };
  draw();
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', draw);
  let width = element.clientWidth;
  const resized = new ResizeObserver(() => {
    if (element.clientWidth === width) return;
    width = element.clientWidth;
    draw();
  });
  resized.observe(element);
  return () => {
    dark.removeEventListener('change', draw);
    resized.disconnect();
    for (const chart of charts) chart.destroy();
  };
}

function chartsOf(element: HTMLElement, { existencias, ventas }: Drawing): readonly uPlot[] {
  const colours = coloursOf(element);
  const { x, steps } = alignSteps(existencias);
  const days = ventas.map(({ dia }) => noonOf(dia));
  const sold = ventas.map(({ unidades, kilos }) => (kilos === 0 ? unidades : kilos));
  const ends = [...x.slice(0, 1), ...x.slice(-1), ...days.slice(0, 1), ...days.slice(-1)];
  if (ends.length === 0) return [];
  const from = Math.min(...ends) - DAY_SECONDS / 2;
  const to = Math.max(...ends) + DAY_SECONDS / 2;
  const frame = (title: string, height: number, series: uPlot.Series[]): uPlot.Options => ({
    title,
    width: element.clientWidth,
    height,
    cursor: { sync: { key: 'articulo' }, drag: { x: false, y: false }, y: false },
    legend: { live: true },
    scales: {
      x: { range: () => [from, to] },
      y: { range: (_chart, min, max) => [Math.min(0, min), max <= 0 ? 1 : max * 1.08] },
    },
    axes: [
      {
        stroke: colours.soft,
        grid: { stroke: colours.line, width: 1 },
        ticks: { show: false },
        space: 70,
        size: 30,
        values: (_chart, splits) => splits.map((split) => toDay(toDia(split * 1_000)).replace(/^\S+ /, '')),
      },
      {
        stroke: colours.soft,
        size: AXIS_WIDTH,
        grid: { stroke: colours.line, width: 1 },
        ticks: { show: false },
        values: (_chart, splits) => splits.map((split) => toQuantity(split)),
      },
    ],
    series: [{ label: 'Cuándo', value: (_chart, value) => nameX(value, height) }, ...series],
  });
  const value: uPlot.Series.Value = (_chart, number) =>
    typeof number === 'number' ? toQuantity(number) : '–';
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const bars = uPlot.paths.bars?.({ size: [BAR_SHARE, 40] });
  const stock = new uPlot(
    frame(
      'Existencia',
      STOCK_HEIGHT,
      existencias.map(({ almacen }, index) => ({
        label: existencias.length === 1 ? 'Existencia' : almacen,
        stroke: colours.series[index % colours.series.length] ?? colours.soft,
        width: 1.5,
        points: { show: false },
        value,
        ...(stepped === undefined ? {} : { paths: stepped }),
      })),
    ),
    [x, ...steps],
    element,
  );
  const sales = new uPlot(
    frame('Vendido cada día', SALES_HEIGHT, [
      {
        label: 'Vendido',
        stroke: colours.sold,
        fill: colours.sold,
        points: { show: false },
        value,
        ...(bars === undefined ? {} : { paths: bars }),
      },
    ]),
    [days, sold],
    element,
  );
  return [stock, sales];
}

function nameX(value: unknown, height: number): string {
  if (typeof value !== 'number') return '–';
  const moment = value * 1_000;
  return height === SALES_HEIGHT
    ? toDay(toDia(moment))
    : toExact(moment).replace(/:\d\d, hora de Caracas$/, '');
}

/** All warehouses over the same moments: between two of its steps each keeps its quantity. */
function alignSteps(existencias: Drawing['existencias']): {
  readonly x: number[];
  readonly steps: (number | null)[][];
} {
  const x = [...new Set(existencias.flatMap(({ pasos }) => pasos.map(([iso]) => secondsOf(iso))))].sort(
    (a, b) => a - b,
  );
  const steps = existencias.map(({ pasos }) => {
    const own = pasos.map(([iso, cantidad]) => ({ at: secondsOf(iso), cantidad }));
    let next = 0;
    let current: number | null = null;
    return x.map((at) => {
      for (let step = own[next]; step !== undefined && step.at <= at; step = own[next]) {
        current = step.cantidad;
        next += 1;
      }
      return current;
    });
  });
  return { x, steps };
}

interface Colours {
  readonly soft: string;
  readonly line: string;
  readonly sold: string;
  readonly series: readonly string[];
}

function coloursOf(element: HTMLElement): Colours {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  return {
    soft: colour('--suave'),
    line: colour('--linea'),
    sold: colour('--serie-2'),
    series: [colour('--serie-1'), colour('--serie-3'), colour('--serie-2')],
  };
}
