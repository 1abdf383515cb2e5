import { ACTOR_TYPES, CLOSE_REASONS, type SessionFilter } from '@pip-sessions/contract/v2';

/** How the value of a filter is entered. */
type FilterInput =
  | { readonly kind: 'text'; readonly example: string }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  /** `towards` says whether a time span counts back from now, or ahead. */
  | { readonly kind: 'time'; readonly towards: 'past' | 'future' };

export interface FilterDefinition {
  readonly name: FilterName;
  readonly label: string;
  readonly input: FilterInput;
}

/** The properties of the filter of API v2 but `active`, which has a control of its own. */
export type FilterName = Exclude<keyof SessionFilter, 'active'>;

/** All filters, in the order in which they are offered. */
export const FILTERS: readonly FilterDefinition[] = [
  { name: 'user_id', label: 'User id', input: { kind: 'text', example: 'user-17' } },
  { name: 'user_name', label: 'User name begins with', input: { kind: 'text', example: 'Ann' } },
  { name: 'address', label: 'Address', input: { kind: 'text', example: '10.2.0.0/16 or 203.0.113.7' } },
  { name: 'client', label: 'Client is exactly', input: { kind: 'text', example: 'Mozilla/5.0 (X11; Linux x86_64)…' } },
  { name: 'opened_after', label: 'Opened since', input: { kind: 'time', towards: 'past' } },
  { name: 'opened_before', label: 'Opened before', input: { kind: 'time', towards: 'past' } },
  { name: 'from_time', label: 'Last active since', input: { kind: 'time', towards: 'past' } },
  { name: 'to_time', label: 'Last active before', input: { kind: 'time', towards: 'past' } },
  { name: 'expires_before', label: 'Ends before', input: { kind: 'time', towards: 'future' } },
  { name: 'expires_after', label: 'Ends after', input: { kind: 'time', towards: 'future' } },
  { name: 'close_reason', label: 'Ended because', input: { kind: 'choice', values: CLOSE_REASONS } },
  { name: 'closed_by', label: 'Ended by', input: { kind: 'text', example: 'user, key:shop or staff:7' } },
  { name: 'actor_type', label: 'Actor is a', input: { kind: 'choice', values: ACTOR_TYPES } },
  { name: 'actor_id', label: 'Actor id', input: { kind: 'text', example: 'staff-7' } },
];

const BY_NAME = new Map(FILTERS.map((one) => [one.name, one]));

export function filterDefinition(name: FilterName): FilterDefinition {
  const definition = BY_NAME.get(name);
  if (!definition) throw new TypeError(`"${name}" is not a filter`);
  return definition;
}

export const SESSION_STATES = ['live', 'ended', 'all'] as const;
/** The sessions that a list shows. */
export type SessionStates = (typeof SESSION_STATES)[number];

/** A filter as the address of the page has it: texts, and times as exact times or as time spans such as `30m`. */
export interface ViewFilter {
  readonly states: SessionStates;
  readonly values: Readonly<Partial<Record<FilterName, string>>>;
}

export const NO_FILTER: ViewFilter = { states: 'live', values: {} };

const TEXT_LENGTH_MAX = 4_096;
const SPAN = /^([1-9]\d{0,4})(m|h|d)$/;
const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** The time spans that are offered. */
export const SPANS = ['15m', '30m', '1h', '24h', '7d', '30d'] as const;

/** The parts of a time span such as `30m`, `2h` or `7d`; null if it is none. */
export function spanParts(text: string): { readonly count: number; readonly unit: keyof typeof UNITS_MS } | null {
  const [, count, unit] = SPAN.exec(text) ?? [];
  return count === undefined ? null : { count: Number(count), unit: unit as keyof typeof UNITS_MS };
}

function spanMs(text: string): number | null {
  const parts = spanParts(text);
  return parts && parts.count * UNITS_MS[parts.unit];
}

/** Whether a filter can have the value. */
export function isFilterValue(name: FilterName, value: string): boolean {
  const { input } = filterDefinition(name);
  if (value === '' || value.length > TEXT_LENGTH_MAX) return false;
  if (input.kind === 'choice') return input.values.includes(value);
  if (input.kind === 'time') return spanMs(value) !== null || isTime(value);
  return true;
}

function isTime(value: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) && !Number.isNaN(Date.parse(value));
}

/** The filter in the query of an address. A value that a filter cannot have is left out. */
export function filterOfQuery(query: URLSearchParams): ViewFilter {
  const states = SESSION_STATES.find((one) => one === query.get('state')) ?? 'live';
  const values: Partial<Record<FilterName, string>> = {};
  for (const { name } of FILTERS) {
    const value = query.get(name);
    if (value !== null && isFilterValue(name, value)) values[name] = value;
  }
  return { states, values };
}

/** The query of an address with the filter. Other parameters of `query` stay as they are. */
export function queryOfFilter(filter: ViewFilter, query = new URLSearchParams()): URLSearchParams {
  const next = new URLSearchParams(query);
  if (filter.states === 'live') next.delete('state');
  else next.set('state', filter.states);
  for (const { name } of FILTERS) {
    const value = filter.values[name];
    if (value === undefined) next.delete(name);
    else next.set(name, value);
  }
  return next;
}

/** Returns the filter with another value; without it if the value is null. A filter of ended sessions shows these. */
export function withValue(filter: ViewFilter, name: FilterName, value: string | null): ViewFilter {
  const { [name]: _, ...rest } = filter.values;
  const values = value === null ? rest : { ...rest, [name]: value };
  return { states: value === null ? filter.states : statesFor(name, filter.states), values };
}

/** Only ended sessions have a reason; only live ones will end. */
function statesFor(name: FilterName, states: SessionStates): SessionStates {
  if (name === 'close_reason' || name === 'closed_by') return states === 'live' ? 'ended' : states;
  if (name === 'expires_before' || name === 'expires_after') return states === 'ended' ? 'live' : states;
  return states;
}

/** The filter of API v2, with its time spans as times from `now` on, in milliseconds. */
export function requestFilter({ states, values }: ViewFilter, now: number): SessionFilter {
  const entries = Object.entries(values).map(([name, value]) => [name, requestValue(name as FilterName, value, now)]);
  return { ...Object.fromEntries(entries), ...(states !== 'all' && { active: states === 'live' }) };
}

function requestValue(name: FilterName, value: string, now: number): string {
  const { input } = filterDefinition(name);
  if (input.kind !== 'time') return value;
  const span_ms = spanMs(value);
  if (span_ms === null) return new Date(value).toISOString();
  return new Date(input.towards === 'past' ? now - span_ms : now + span_ms).toISOString();
}

/** Whether the filter selects some of the sessions, and not just live, ended or all ones. */
export function hasValues(filter: ViewFilter): boolean {
  return Object.keys(filter.values).length > 0;
}
