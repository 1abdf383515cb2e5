import { useNow } from './now.ts';
import { exactTime, relativeText, spanText } from './time-text.ts';

interface TimeProps {
  readonly value: string | number;
  /** `left`: the time until then, such as `21 h`. */
  readonly form?: 'relative' | 'left' | 'exact';
  /** Whether it can be focused, so that the exact time can be read without a pointer. Not in tables, where rows can. */
  readonly isFocusable?: boolean;
}

/** A time: relative, and exact on hover and focus. */
export function Time({ value, form = 'relative', isFocusable = false }: TimeProps) {
  const now = useNow();
  const date = new Date(value);
  const left = date.getTime() - now;
  const relative = form === 'left' ? (left > 0 ? spanText(left) : 'now') : relativeText(value, now);
  return (
    <time
      dateTime={date.toISOString()}
      data-tip={form === 'exact' ? undefined : exactTime(value)}
      tabIndex={isFocusable ? 0 : undefined}
    >
      {form === 'exact' ? exactTime(value) : relative}
    </time>
  );
}
