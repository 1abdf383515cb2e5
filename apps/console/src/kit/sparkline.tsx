interface SparklineProps {
  /** The oldest first. */
  readonly values: readonly number[];
  readonly label: string;
}

const WIDTH = 120;
const HEIGHT = 28;

/** A small line without axes: how a figure went. */
export function Sparkline({ values, label }: SparklineProps) {
  const highest = Math.max(...values, 0);
  const lowest = Math.min(...values);
  const range = highest - lowest || 1;
  const step = WIDTH / Math.max(values.length - 1, 1);
  const y = (value: number) =>
    highest === lowest ? HEIGHT - 1 : HEIGHT - 1 - ((value - lowest) / range) * (HEIGHT - 2);
  const points = values.map((value, index) => `${(index * step).toFixed(1)},${y(value).toFixed(1)}`);
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <polyline points={points.join(' ')} />
    </svg>
  );
}
