import type { ContenderName } from '../contenders/contender.ts';
import type { Result } from '../rounds.ts';
import { spread } from './spread.ts';
import { throughputs } from './targets.ts';

const WIDTH = 760;
const LEFT = 150;
const RIGHT = 90;
const BAR = 15;
const STEP = 18;
const HEAD = 58;
const GROUP_GAP = 16;

/** In the order of comparison. They also differ in lightness, for readers with colour blindness. */
const COLOURS: Readonly<Record<ContenderName, string>> = {
  'service-memory': '#2563eb',
  'service-sqlite': '#0d9488',
  floor: '#8b95a5',
  original: '#d97706',
};

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #1f2937; }
  .title { font-size: 15px; font-weight: 600; }
  .group { font-weight: 600; text-anchor: end; }
  .sessions { text-anchor: end; fill: #6b7280; }
  .spread { stroke: #1f2937; stroke-width: 1; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e5e7eb; }
    .sessions { fill: #9ca3af; }
    .spread { stroke: #e5e7eb; }
  }`;

/** Bars of requests per second, grouped by scenario and number of sessions, each with a line from minimum to maximum. */
export function chart(results: readonly Result[]): string {
  const groups = Map.groupBy(results, ({ scenario, size }) => `${scenario} ${size}`);
  const most = Math.max(1, ...results.map((result) => spread(throughputs(result))?.max ?? 0));
  const x = (value: number) => LEFT + (value / most) * (WIDTH - LEFT - RIGHT);
  const parts: string[] = [];
  let y = HEAD;
  for (const [first, ...more] of groups.values()) {
    if (!first) continue;
    const group = [first, ...more];
    const middle = y + (group.length * STEP) / 2;
    parts.push(
      text(LEFT - 10, middle - 2, first.scenario, 'group'),
      text(LEFT - 10, middle + 13, `${first.size.toLocaleString('en')} sessions`, 'sessions'),
    );
    for (const result of group) {
      parts.push(bar(result, y, x));
      y += STEP;
    }
    y += GROUP_GAP;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="Requests a second">
<style>${STYLE}
</style>
${text(10, 22, 'Requests a second: median, and least to most over the rounds', 'title')}
${legend(results)}
${parts.join('\n')}
</svg>
`;
}

function bar(result: Result, y: number, x: (value: number) => number): string {
  const values = spread(throughputs(result));
  if (!values) return '';
  const { median, min, max } = values;
  const middle = y + BAR / 2;
  const count = Math.round(median).toLocaleString('en');
  return [
    `<rect x="${LEFT}" y="${y}" width="${px(x(median) - LEFT)}" height="${BAR}" rx="2" fill="${COLOURS[result.contender]}"/>`,
    `<line class="spread" x1="${px(x(min))}" x2="${px(x(max))}" y1="${middle}" y2="${middle}"/>`,
    text(px(x(max) + 6), y + BAR - 3, count, 'value'),
  ].join('');
}

function legend(results: readonly Result[]): string {
  const names = [...new Set(results.map(({ contender }) => contender))];
  return names
    .map((name, index) => {
      const left = LEFT + index * 130;
      return `<rect x="${left}" y="34" width="11" height="11" rx="2" fill="${COLOURS[name]}"/>${text(left + 16, 44, name, 'name')}`;
    })
    .join('');
}

function text(x: number, y: number, content: string, kind: string): string {
  return `<text class="${kind}" x="${x}" y="${y}">${content}</text>`;
}

function px(value: number): number {
  return Math.round(value * 10) / 10;
}
