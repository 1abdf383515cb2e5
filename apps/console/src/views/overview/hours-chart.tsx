import { CLOSE_REASONS, type CloseReason } from '@pip-sessions/contract/v2';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useShownTheme } from '../../frame/theme.ts';
import { shortTime } from '../../kit/time-text.ts';
import { OVERVIEW } from '../../texts/overview.ts';
import { count, REASON_WORDS } from '../../texts.ts';
import { chartData, reasonAt } from './chart-data.ts';
import { HOUR_MS, type Hour } from './hours.ts';

interface HoursChartProps {
  /** The newest first. */
  readonly hours: readonly Hour[];
  /** Called for a press on the chart: above zero without a reason, below with the reason under the pointer. */
  readonly onOpen: (hour: Hour, reason: CloseReason | null) => void;
}

interface Hovered {
  readonly hour: Hour;
  /** The middle of the hour in pixels from the left edge, and whether the text is to be left of it. */
  readonly left: number;
  readonly isRight: boolean;
}

const HALF_HOUR_S = 1_800;
/** Steps between two lines: sessions are whole. */
const WHOLE_STEPS = Array.from({ length: 9 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();
const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const compact = new Intl.NumberFormat(undefined, { notation: 'compact' });

/** Opened sessions up, ended ones down, stacked by reason. Hovering names all values of an hour. */
export function HoursChart({ hours, onOpen }: HoursChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const theme = useShownTheme();
  const [hovered, setHovered] = useState<Hovered | null>(null);
  const oldestFirst = hours.toReversed();
  const data = chartData(oldestFirst);

  const onHover = useEffectEvent((u: uPlot) => {
    const hour = u.cursor.idx == null || (u.cursor.left ?? -1) < 0 ? undefined : oldestFirst[u.cursor.idx];
    if (!hour) return setHovered(null);
    const left = u.over.offsetLeft + u.valToPos(hour.start / 1_000 + HALF_HOUR_S, 'x');
    setHovered({ hour, left, isRight: left > u.width / 2 });
  });
  const onPress = useEffectEvent((u: uPlot) => {
    const hour = u.cursor.idx == null ? undefined : oldestFirst[u.cursor.idx];
    if (hour) onOpen(hour, reasonAt(hour, u.posToVal(u.cursor.top ?? 0, 'y')));
  });
  const dataNow = useEffectEvent(() => data);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours of the theme are read when the chart is made
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const chart = new uPlot(optionsOf(element, onHover), dataNow() as uPlot.AlignedData, element);
    plot.current = chart;
    const press = () => onPress(chart);
    chart.over.addEventListener('click', press);
    const resized = new ResizeObserver(() =>
      chart.setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    resized.observe(element);
    return () => {
      resized.disconnect();
      chart.destroy();
      plot.current = null;
    };
  }, [theme]);
  const text = JSON.stringify(data);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chart is drawn again only when its values differ
  useEffect(() => plot.current?.setData(data as uPlot.AlignedData), [text]);

  return (
    <div className="chart">
      <div ref={box} className="chart-box" aria-hidden="true" />
      {hovered && <Values hovered={hovered} />}
    </div>
  );
}

function Values({ hovered: { hour, left, isRight } }: { readonly hovered: Hovered }) {
  return (
    <div className={isRight ? 'chart-tip right' : 'chart-tip'} style={{ left }}>
      <p>{shortTime(hour.start)}</p>
      <dl>
        <dt>
          <span className="swatch opened" />
          {OVERVIEW.openedWord}
        </dt>
        <dd>{count(hour.opened)}</dd>
        <dt>{OVERVIEW.endedWord}</dt>
        <dd>{count(hour.ended)}</dd>
        {CLOSE_REASONS.map((reason) => [
          <dt key={reason} className="of-ended">
            <span className={`swatch ${reason}`} />
            {REASON_WORDS[reason]}
          </dt>,
          <dd key={`${reason}-value`}>{count(hour.closed[reason])}</dd>,
        ])}
      </dl>
    </div>
  );
}

function optionsOf(element: HTMLElement, onHover: (u: uPlot) => void): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(`--chart-${name}`).trim();
  const font = `12px ${style.fontFamily}`;
  const paths = uPlot.paths.bars?.({ size: [0.8, 40] });
  const bar = (name: string): uPlot.Series => ({
    ...(paths && { paths }),
    fill: colour(name),
    stroke: colour(name),
    width: 0,
    points: { show: false },
  });
  const axis = { stroke: colour('text'), font, ticks: { show: false } };
  return {
    width: element.clientWidth,
    height: element.clientHeight,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { time: true, range: (_u, min, max) => [min - HALF_HOUR_S, max + HALF_HOUR_S] },
      y: { range: (_u, min, max) => rangeOf(min, max) },
    },
    series: [{}, bar('opened'), ...CLOSE_REASONS.toReversed().map(bar)],
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        space: 76,
        splits: (_u, _axis, min, max, increment) => hourSplits(min, max, increment),
        values: (_u, splits) => splits.map((split) => clock.format(split * 1_000)),
      },
      {
        ...axis,
        grid: { stroke: colour('grid'), width: 1 },
        size: 48,
        incrs: WHOLE_STEPS,
        values: (_u, splits) => splits.map((split) => compact.format(Math.abs(split))),
      },
    ],
    hooks: { setCursor: [onHover] },
  };
}

/** The range of the values with some room, and never without a height. */
function rangeOf(min: number, max: number): [number, number] {
  const high = Math.max(max, 1) * 1.05;
  return [min < 0 ? min * 1.05 : -high * 0.1, high];
}

/** The beginnings of hours, in whole steps. */
function hourSplits(min: number, max: number, increment: number): number[] {
  const hour = HOUR_MS / 1_000;
  const step = Math.max(1, Math.ceil(increment / hour)) * hour;
  const first = Math.ceil(min / hour) * hour;
  const splits: number[] = [];
  for (let split = first; split < max - HALF_HOUR_S; split += step) splits.push(split);
  return splits;
}
