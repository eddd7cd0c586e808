import { parse, View } from 'vega';
import { compile } from 'vega-lite';
import type { Config, TopLevelSpec } from 'vega-lite';
import { Html } from './html.ts';

/** Colours are the page's variables, so that one drawing serves light, dark and paper. */
const CONFIG: Config = {
  background: 'transparent',
  font: 'system-ui, sans-serif',
  aria: false,
  view: { stroke: null },
  axis: {
    labelColor: 'var(--suave)',
    titleColor: 'var(--suave)',
    titleFontWeight: 'normal',
    labelFontSize: 12,
    titleFontSize: 12,
    domainColor: 'var(--linea)',
    tickColor: 'var(--linea)',
    gridColor: 'var(--linea)',
  },
  legend: {
    orient: 'top',
    labelColor: 'var(--tinta)',
    labelFontSize: 12,
    symbolType: 'square',
    title: null,
  },
  text: { color: 'var(--tinta)', fontSize: 12 },
  bar: { color: 'var(--serie-1)' },
  rule: { color: 'var(--mal)', strokeDash: [4, 3] },
  locale: { number: { decimal: ',', thousands: '', grouping: [3], currency: ['', ''] } },
};

/** A chart as SVG, without a browser. */
export async function drawChart(spec: TopLevelSpec): Promise<Html> {
  const { spec: vega } = compile(spec, { config: CONFIG });
  return new Html(await new View(parse(vega), { renderer: 'none' }).toSVG());
}
