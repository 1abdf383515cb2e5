import { shortTime } from '../kit/time-text.ts';
import { SESSIONS } from '../texts.ts';
import { type FilterName, filterDefinition, spanMs } from './filter.ts';

/** The value of a filter in words: `last 30 minutes`. */
export function filterText(name: FilterName, value: string): string {
  const { input } = filterDefinition(name);
  if (input.kind !== 'time') return value;
  if (spanMs(value) === null) return shortTime(value);
  return spanWords(name, SESSIONS.spans[value as keyof typeof SESSIONS.spans] ?? value);
}

/** A time span as the value of a filter: `last 2 hours`, `2 hours ago`, `within 2 hours`. */
export function spanWords(name: FilterName, span: string): string {
  const { input } = filterDefinition(name);
  if (input.kind === 'time' && input.towards === 'future') return SESSIONS.spanFuture(span);
  return name === 'from_time' ? SESSIONS.spanPast(span) : SESSIONS.spanAgo(span);
}
