/** A chart of horizontal bars in groups, drawn as SVG text. */
export interface BarChart {
  readonly title: string;
  /** What the numbers are, with their unit. */
  readonly subtitle: string;
  /** Names of the series, at most five; each has one colour throughout. Shown as a legend when there are several. */
  readonly series: readonly string[];
  readonly groups: readonly BarGroup[];
  readonly scale: 'linear' | 'logarithmic';
}

export interface BarGroup {
  readonly label: string;
  /** One per series; `undefined` where there is none. */
  readonly values: readonly (number | undefined)[];
  /** Ours, set in bold. */
  readonly emphasised?: boolean;
}

const WIDTH = 860;
const LABEL_WIDTH = 250;
const VALUE_WIDTH = 80;
const BAR = 15;
const GAP = 12;
const TOP = 66;
const LINE = 24;

/** Five colours that stay apart for most kinds of colour blindness, on white and on near-black. */
const COLOURS = ['#0077bb', '#ee7733', '#009988', '#cc3377', '#888888'] as const;

const STYLE = `
  .ground { fill: #ffffff } text { fill: #1f2328; font: 13px system-ui, sans-serif } .title { font-size: 16px; font-weight: 600 }
  .quiet { fill: #59636e } .strong { font-weight: 600 } .axis { stroke: #d1d9e0 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } text { fill: #f0f6fc } .quiet { fill: #9198a1 } .axis { stroke: #3d444d }
  }`;

/** Draws the chart. It brings its own ground and follows the reader's light or dark scheme. */
export function barChart({ title, subtitle, series, groups, scale }: BarChart): string {
  const all = groups.flatMap(({ values }) => values.filter((value) => value !== undefined));
  const length = lengthOf(scale, all);
  const { svg: legend, height: legendHeight } = series.length > 1 ? legendOf(series) : { svg: '', height: 0 };
  const out: string[] = [];
  let y = TOP + legendHeight;
  const start = y - GAP / 2;
  for (const { label, values, emphasised } of groups) {
    const shown = values.flatMap((value, index) => (value === undefined ? [] : [{ value, colour: COLOURS[index] }]));
    const middle = y + (shown.length * BAR) / 2;
    const weight = emphasised ? ' class="strong"' : '';
    out.push(`<text x="${LABEL_WIDTH - 10}" y="${middle + 4}" text-anchor="end"${weight}>${escaped(label)}</text>`);
    for (const { value, colour } of shown) {
      const width = Math.max(1, length(value)).toFixed(1);
      out.push(`<rect x="${LABEL_WIDTH}" y="${y + 1}" width="${width}" height="${BAR - 2}" rx="2" fill="${colour}"/>`);
      out.push(
        `<text x="${(LABEL_WIDTH + Number(width) + 6).toFixed(1)}" y="${y + 12}"${weight}>${readable(value)}</text>`,
      );
      y += BAR;
    }
    y += GAP;
  }
  const height = y + 8;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(title)}">
<style>${STYLE}</style>
<rect class="ground" width="${WIDTH}" height="${height}" rx="6"/>
<text x="16" y="28" class="title">${escaped(title)}</text>
<text x="16" y="48" class="quiet">${escaped(subtitle)}${scale === 'logarithmic' ? ' (logarithmic scale)' : ''}</text>
${legend}<line class="axis" x1="${LABEL_WIDTH}" y1="${start}" x2="${LABEL_WIDTH}" y2="${y - GAP / 2}"/>
${out.join('\n')}
</svg>
`;
}

/** Names of the series with their colours, in as many lines as they need. */
function legendOf(series: readonly string[]): { readonly svg: string; readonly height: number } {
  let x = 16;
  let y = 61;
  const entries = series.map((name, index) => {
    const width = 34 + name.length * 7;
    if (x + width > WIDTH) {
      x = 16;
      y += LINE - 4;
    }
    const entry = `<rect x="${x}" y="${y}" width="11" height="11" rx="2" fill="${COLOURS[index]}"/><text x="${x + 16}" y="${y + 10}">${escaped(name)}</text>`;
    x += width;
    return entry;
  });
  return { svg: `${entries.join('')}\n`, height: y - 61 + LINE };
}

/** From a value to the length of its bar. A logarithmic scale starts a little below the least value. */
function lengthOf(scale: BarChart['scale'], all: readonly number[]): (value: number) => number {
  const room = WIDTH - LABEL_WIDTH - VALUE_WIDTH;
  const most = Math.max(...all);
  if (scale === 'linear') return (value) => (value / most) * room;
  const low = Math.log(Math.min(...all.filter((value) => value > 0)) / 1.5);
  return (value) => (value > 0 ? ((Math.log(value) - low) / (Math.log(most) - low)) * room : 0);
}

/** Three significant digits, thousands set apart. */
export function readable(value: number): string {
  if (value !== 0 && Math.abs(value) < 100) return `${Number(value.toPrecision(value < 10 ? 2 : 3))}`;
  return Math.round(value).toLocaleString('en');
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
