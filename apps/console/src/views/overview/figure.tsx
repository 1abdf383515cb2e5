import type { ReactNode } from 'react';
import { Sparkline } from '../../kit/sparkline.tsx';
import { OVERVIEW } from '../../texts/overview.ts';
import { count } from '../../texts.ts';

interface FigureProps {
  readonly name: string;
  /** Null if the service does not count it. */
  readonly value: number | null;
  readonly before: number;
  readonly isEstimated?: boolean;
  readonly tip?: string;
  /** The values of 24 hours, the oldest first. */
  readonly values: readonly number[];
}

/** One figure with how it went, and how it was a day before. */
export function Figure({ name, value, before, isEstimated = false, tip, values }: FigureProps) {
  if (value === null) {
    return (
      <FigureFrame name={name} tip={OVERVIEW.notCountedTip}>
        <dd className="figure-none">{OVERVIEW.notCounted}</dd>
      </FigureFrame>
    );
  }
  const lowest = Math.min(...values);
  const highest = Math.max(...values);
  const tips = [tip, isEstimated && OVERVIEW.estimated].filter(Boolean).join(' ');
  return (
    <FigureFrame name={name} tip={tips || undefined}>
      <dd className="figure-value">
        {isEstimated && <span className="figure-about">≈</span>}
        {count(value)}
      </dd>
      <dd className="figure-spark">
        <Sparkline values={values} label={OVERVIEW.sparkline(name, lowest, highest)} />
      </dd>
      <dd className="figure-change" data-tip={OVERVIEW.before(before)}>
        {changeText(value, before)}
      </dd>
    </FigureFrame>
  );
}

function FigureFrame(props: { readonly name: string; readonly tip: string | undefined; readonly children: ReactNode }) {
  return (
    <div className="figure" data-tip={props.tip}>
      <dt>{props.name}</dt>
      {props.children}
    </div>
  );
}

function changeText(value: number, before: number): string {
  if (value === before) return OVERVIEW.same;
  if (before === 0) return OVERVIEW.noneBefore;
  const ratio = value / before;
  return Math.abs(ratio - 1) < 0.005 ? OVERVIEW.same : OVERVIEW.changed(ratio);
}
