import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { ArticuloAnswer } from './answers.ts';
import { NO_VALUE, addDias, toDay, toDayAndTime, toDayOfYear, toDia, toQuantity } from './format.ts';

/** What is drawn: stock as steps, above the sales of each day. */
export interface Drawing extends Pick<ArticuloAnswer, 'existencias' | 'ventas' | 'periodo'> {
  /** Until when the stock is known. */
  readonly until: string | null;
}

const STOCK_HEIGHT = 190;
const SALES_HEIGHT = 150;
const AXIS_WIDTH = 56;
const BAR_SHARE = 0.7;
/** The chart's range is larger than its values by this factor. */
const ROOM = 1.08;
/** Caracas is four hours behind UTC, all year. */
const OFFSET_SECONDS = 4 * 3_600;
const HALF_DAY_SECONDS = 12 * 3_600;

const secondsOf = (iso: string): number => Date.parse(iso) / 1_000;
const midnightOf = (dia: string): number => secondsOf(`${dia}T00:00:00Z`) + OFFSET_SECONDS;

/** Draws into an element, and again when its width or the colour scheme changes. Returns a function that removes the chart. */
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

/** The moments of one chart, and the values of each of its lines. */
interface Lines {
  readonly title: string;
  readonly height: number;
  /** A moment, milliseconds since 1970, as the legend names it. */
  readonly nameX: (moment: number) => string;
  readonly x: number[];
  readonly lines: readonly {
    readonly label: string;
    readonly colour: string;
    readonly isFilled: boolean;
    readonly values: (number | null)[];
  }[];
  readonly paths: uPlot.Series.PathBuilder | undefined;
}

function chartsOf(element: HTMLElement, { existencias, ventas, periodo, until }: Drawing): readonly uPlot[] {
  const colours = coloursOf(element);
  const from = midnightOf(periodo.desde);
  const to = midnightOf(addDias(periodo.hasta, 1));
  const { x, steps } = alignSteps(existencias, from, until === null ? to : Math.min(to, secondsOf(until)));
  const stock: Lines = {
    title: 'Existencia',
    height: STOCK_HEIGHT,
    nameX: toDayAndTime,
    x,
    lines: existencias.map(({ almacen }, index) => ({
      label: existencias.length === 1 ? 'Existencia' : almacen,
      colour: colours.series[index % colours.series.length] ?? colours.soft,
      isFilled: false,
      values: steps[index] ?? [],
    })),
    paths: uPlot.paths.stepped?.({ align: 1 }),
  };
  // Units and kilos are never added: an article that was sold in both has two kinds of bars.
  const kinds = [
    { label: 'Unidades', colour: colours.sold, values: ventas.map(({ unidades }) => unidades) },
    { label: 'Kilos', colour: colours.soldByKilo, values: ventas.map(({ kilos }) => kilos) },
  ];
  const sold = kinds.filter(({ values }) => values.some((value) => value !== 0));
  const sales: Lines = {
    title: 'Vendido cada día',
    height: SALES_HEIGHT,
    nameX: (moment) => toDay(toDia(moment)),
    x: ventas.map(({ dia }) => midnightOf(dia) + HALF_DAY_SECONDS),
    lines: (sold.length === 0 ? kinds.slice(0, 1) : sold).map((kind) => ({ ...kind, isFilled: true })),
    paths: uPlot.paths.bars?.({ size: [BAR_SHARE, 40] }),
  };
  return [stock, sales].map((lines) => draw(element, lines, colours, [from, to]));
}

function draw(
  element: HTMLElement,
  { title, height, nameX, x, lines, paths }: Lines,
  colours: Colours,
  range: [number, number],
): uPlot {
  /** Without a pointer over the chart the legend shows the last value. */
  const showLast = (chart: uPlot): void => {
    if (x.length > 0 && (chart.legend.idx ?? null) === null) chart.setLegend({ idx: x.length - 1 }, false);
  };
  const axis = { stroke: colours.soft, grid: { stroke: colours.line, width: 1 }, ticks: { show: false } };
  const chart = new uPlot(
    {
      title,
      width: element.clientWidth,
      height,
      cursor: { sync: { key: 'articulo' }, drag: { x: false, y: false }, y: false },
      legend: { live: true },
      hooks: { setLegend: [showLast] },
      scales: {
        x: { range: () => range },
        y: { range: (_chart, min, max) => [Math.min(0, min) * ROOM, max <= 0 ? 1 : max * ROOM] },
      },
      axes: [
        {
          ...axis,
          space: 70,
          size: 30,
          values: (_chart, splits) => splits.map((split) => toDayOfYear(toDia(split * 1_000))),
        },
        { ...axis, size: AXIS_WIDTH, values: (_chart, splits) => splits.map(toQuantity) },
      ],
      series: [
        { label: 'Cuándo', value: (_chart, value: unknown) => writeOr(value, (at) => nameX(at * 1_000)) },
        ...lines.map(({ label, colour, isFilled }) => ({
          label,
          stroke: colour,
          width: 1.5,
          points: { show: false },
          value: (_chart: uPlot, value: unknown) => writeOr(value, toQuantity),
          ...(isFilled ? { fill: colour } : {}),
          ...(paths === undefined ? {} : { paths }),
        })),
      ],
    },
    [x, ...lines.map(({ values }) => values)],
    element,
  );
  showLast(chart);
  return chart;
}

/** A value of a line as text; a gap has no number. */
const writeOr = (value: unknown, write: (value: number) => string): string =>
  typeof value === 'number' ? write(value) : NO_VALUE;

/** The steps of all warehouses at the same moments, as uPlot needs them. Between two of its own steps a warehouse keeps its quantity. */
function alignSteps(
  existencias: Drawing['existencias'],
  from: number,
  last: number,
): { readonly x: number[]; readonly steps: (number | null)[][] } {
  const moments = existencias.flatMap(({ pasos }) => pasos.map(([iso]) => Math.max(from, secondsOf(iso))));
  const x = [...new Set(moments.length === 0 ? [] : [...moments, last])].sort((a, b) => a - b);
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
  readonly soldByKilo: string;
  readonly series: readonly string[];
}

function coloursOf(element: HTMLElement): Colours {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const [first, second, third] = [colour('--serie-1'), colour('--serie-2'), colour('--serie-3')] as const;
  return {
    soft: colour('--suave'),
    line: colour('--linea'),
    sold: second,
    soldByKilo: third,
    series: [first, third, second],
  };
}
