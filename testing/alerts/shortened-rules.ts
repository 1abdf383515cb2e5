import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const FILE = new URL('../../deploy/alerts.yml', import.meta.url);

/** All durations of the rules are divided by this: an hour becomes a minute, and a minute a second. */
export const FACTOR = 60;

const SHORTER: Readonly<Record<string, string>> = { h: 'm', m: 's' };
/** The durations of `for:` and of the windows of expressions. Numbers of the expressions stay as they are. */
const DURATION = /(?<=\n\s+for: |\[)(\d+)([a-z]+)(?=\n|\])/g;

/** The names of all alerts of `deploy/alerts.yml`. */
export function alertNames(): readonly string[] {
  const { groups } = parse(readFileSync(FILE, 'utf8')) as { groups: { rules: { alert: string }[] }[] };
  return groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
}

/** The text of `deploy/alerts.yml` with shorter durations. */
export function shortenedRules(): string {
  return readFileSync(FILE, 'utf8').replace(DURATION, (text, count: string, unit: string) => {
    const shorter = SHORTER[unit];
    if (shorter === undefined) throw new Error(`deploy/alerts.yml: ${text} is not in hours or minutes`);
    return count + shorter;
  });
}
