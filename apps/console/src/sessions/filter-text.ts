import { shortTime } from '../kit/time-text.ts';
import { SESSIONS } from '../texts.ts';
import { type FilterName, filterDefinition, spanParts } from './filter.ts';

/** The value of a filter in words: `30 minutes ago`. */
export function filterText(name: FilterName, value: string): string {
  const { input } = filterDefinition(name);
  if (input.kind !== 'time') return value;
  const parts = spanParts(value);
  if (parts === null) return shortTime(value);
  const span = SESSIONS.span(parts.count, parts.unit);
  return input.towards === 'past' ? SESSIONS.spanAgo(span) : SESSIONS.spanFuture(span);
}
