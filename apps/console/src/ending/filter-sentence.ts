import { FILTERS, type ViewFilter } from '../sessions/filter.ts';
import { filterText } from '../sessions/filter-text.ts';
import { MANY } from '../texts.ts';

/** A filter in words: `, last active: last 30 minutes, address: 10.2.0.0/16`. Empty without values. */
export function filterSentence({ values }: ViewFilter): string {
  const parts = FILTERS.flatMap(({ name, label }) => {
    const value = values[name];
    return value === undefined ? [] : [MANY.part(label, filterText(name, value))];
  });
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}
