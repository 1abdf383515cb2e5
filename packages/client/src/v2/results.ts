import type { MethodRequest } from '@pip-sessions/contract/client-methods';
import type { ResultNameV2, RouteV2 } from '@pip-sessions/contract/routes';
import { SESSION_PROPERTIES, type SessionProperty } from '@pip-sessions/contract/session';
import { sessionIdOf } from '@pip-sessions/contract/token';
import type {
  CloseManyResult,
  EraseResult,
  ExportLine,
  KeyList,
  KeyUse,
  ListRequest,
  OpenResult,
  OwnRequest,
  OwnSessionPage,
  RotateResult,
  Session,
  SessionActor,
  SessionCheckList,
  SessionPage,
  SessionSummary,
  Stats,
  StatsHour,
  Sweep,
  Validation,
  ValidationList,
} from '@pip-sessions/contract/v2';
import { isObject } from '../transport/json-object.ts';

/**
 * Checks a property of a result. Throws a `TypeError` that names the property which is missing or wrong, never its
 * value. Results keep properties that a newer service adds.
 */
type Check = (value: unknown, name: string) => void;

const string = typed('string');
const boolean = typed('boolean');
const anything: Check = () => {};
const number: Check = (value, name) => {
  if (typeof value !== 'number') throw new TypeError(`${name} is not a number`);
  // JSON can hold 1e400, which is infinite.
  if (!Number.isFinite(value)) throw new TypeError(`${name} is infinite`);
};

/** A newer service may add reasons: any string is allowed. */
const CHECKS: Readonly<Record<SessionProperty['type'], Check>> = {
  string,
  boolean,
  time: string,
  seconds: number,
  seconds_left: number,
  integer: number,
  close_reason: string,
  strings: listOf(string),
  actor: object<SessionActor>({ type: string, id: string, reason: orNull(string) }),
};

const SUMMARY = Object.fromEntries(
  Object.entries(SESSION_PROPERTIES).map(([name, { type, isNullable }]) => [
    name,
    isNullable ? orNull(CHECKS[type]) : CHECKS[type],
  ]),
) as Readonly<Record<keyof SessionSummary, Check>>;

const session = object<Session>({ ...SUMMARY, user: anything, data: anything });
const hour = object<StatsHour>({ hour: string, opened: number, closed: recordOf(number) });

const toSession = reader<Session>(session);
const toOpenResult = reader<OpenResult>(object<OpenResult>({ session, token: string, evicted: listOf(string) }));
const toRotateResult = reader<RotateResult>(object<RotateResult>({ session, token: string }));
const toCloseManyResult = reader<CloseManyResult>(object<CloseManyResult>({ ids: listOf(string), more: boolean }));
const toEraseResult = reader<EraseResult>(
  object<EraseResult>({ user_id_hash: string, time: string, erased: number, closed: number, more: boolean }),
);
const checkedLive = reader<unknown>(object({ revision: number, expires_in: orNull(number) }));
const checkedEnded = reader<unknown>(object({ reason: string }));
const toStats = reader<Stats>(
  object<Stats>({
    live: number,
    opened: number,
    closed: recordOf(number),
    hours: listOf(hour),
    sweep: orNull(object<Sweep>({ time: string, closed: number, purged: number, lag: number })),
  }),
);

const toKeyList = reader<KeyList>(
  object<KeyList>({
    since: string,
    items: listOf(
      object<KeyUse>({ name: string, scope: string, expires: orNull(string), last_used: orNull(string), uses: number }),
    ),
  }),
);

const items = { items: listOf(object<SessionSummary>(SUMMARY)), next_cursor: orNull(string) };
const readPage = reader<SessionPage>(object<Omit<SessionPage, 'total'>>(items));
const readOwnPage = reader<OwnSessionPage>(object<OwnSessionPage>({ ...items, current: string }));

/** Converts a page. A page with its own cursor as the next one would never end. */
function toPage(read: (json: unknown) => SessionPage, json: unknown, cursor: string | undefined): SessionPage {
  const result = read(json);
  if (result.next_cursor !== null && result.next_cursor === cursor) {
    throw new TypeError('next_cursor is the cursor of this page');
  }
  return result;
}

/** The total of a page. */
function toTotal(json: unknown): number {
  return reader<{ readonly total: number }>(object({ total: number }))(json).total;
}

/** Rejects a result that contradicts itself: it would sign a user in. */
function toValidation(json: unknown): Validation {
  const { active } = reader<{ readonly active: boolean }>(object({ active: boolean }))(json);
  if (!active) return reader<Validation>(object({ active: boolean, reason: string }))(json);
  const validation = reader<Validation & { readonly active: true }>(
    object({ active: boolean, session, max_age: number, age: number }),
  )(json);
  if (!validation.session.active) throw new TypeError('session is not active');
  if (validation.age < 0) throw new TypeError('age is negative');
  return validation;
}

/** Converts a line of an export. A newer service may add lines of other types. */
function toExportLine(json: unknown): ExportLine {
  const { type } = reader<{ readonly type: string }>(object({ type: string }))(json);
  if (type === 'session') return reader<ExportLine>(object({ type: string, session }))(json);
  return reader<ExportLine>(type === 'end' ? object({ type: string, sessions: number }) : anything)(json);
}

/** Rejects a list that does not fit its ids: a result of another session would leave a connection open. */
function toSessionCheckList(json: unknown, ids: readonly string[]): SessionCheckList {
  const { results } = reader<{ readonly results: readonly unknown[] }>(object({ results: listOf(anything) }))(json);
  if (results.length !== ids.length)
    throw new TypeError(`the response has ${results.length} results for ${ids.length} ids`);
  for (const [index, result] of results.entries()) {
    const { id, active } = reader<{ readonly id: string; readonly active: boolean }>(
      object({ id: string, active: boolean }),
    )(result);
    if (id !== ids[index]) throw new TypeError('results are not in the order of the ids');
    if (active) checkedLive(result);
    else checkedEnded(result);
  }
  return json as SessionCheckList;
}

/** Rejects a list that does not fit its tokens: a result of another token would sign in another user. */
function toValidationList(json: unknown, tokens: readonly string[]): ValidationList {
  const { results } = reader<{ readonly results: readonly unknown[] }>(object({ results: listOf(anything) }))(json);
  if (results.length !== tokens.length)
    throw new TypeError(`the response has ${results.length} results for ${tokens.length} tokens`);
  for (const [index, result] of results.entries()) {
    const validation = toValidation(result);
    if (validation.active && validation.session.id !== sessionIdOf(tokens[index] ?? '')) {
      throw new TypeError('results are not in the order of the tokens');
    }
  }
  return json as ValidationList;
}

/** Returns the function that converts the JSON of a route's response, or of each line of it. */
export function readerOf<T>({ result }: RouteV2, request: MethodRequest): (json: unknown) => T {
  if (result === 'ChangeStream') throw new TypeError('The change stream has no single result.');
  return (json) => READERS[result](json, request) as T;
}

type Reader = (json: unknown, request: MethodRequest) => unknown;

const READERS: Readonly<Record<Exclude<ResultNameV2, 'ChangeStream'>, Reader>> = {
  CloseManyResult: toCloseManyResult,
  EraseResult: toEraseResult,
  ExportLine: toExportLine,
  KeyList: toKeyList,
  OpenResult: toOpenResult,
  RotateResult: toRotateResult,
  Session: toSession,
  SessionCheckList: (json, { body }) => toSessionCheckList(json, (body as { readonly ids: readonly string[] }).ids),
  SessionPage: (json, { query, isCount }) =>
    isCount ? { total: toTotal(json) } : toPage(readPage, json, (query as ListRequest | undefined)?.cursor),
  OwnSessionPage: (json, { body }) => toPage(readOwnPage, json, (body as OwnRequest).cursor),
  Stats: toStats,
  Validation: toValidation,
  ValidationList: (json, { body }) => toValidationList(json, (body as { readonly tokens: readonly string[] }).tokens),
};

function reader<T>(check: Check): (json: unknown) => T {
  return (json) => {
    check(json, 'the result');
    return json as T;
  };
}

function typed(type: 'string' | 'boolean'): Check {
  return (value, name) => {
    if (typeof value !== type) throw new TypeError(`${name} is not a ${type}`);
  };
}

function orNull(check: Check): Check {
  return (value, name) => {
    if (value !== null) check(value, name);
  };
}

function listOf(check: Check): Check {
  return (value, name) => {
    if (!Array.isArray(value)) throw new TypeError(`${name} is not an array`);
    for (const item of value) check(item, `an item of ${name}`);
  };
}

function recordOf(check: Check): Check {
  return (value, name) => {
    if (!isObject(value)) throw new TypeError(`${name} is not an object`);
    for (const member of Object.values(value)) check(member, `a member of ${name}`);
  };
}

/** Every property of `T` must have a check, or it does not compile. */
function object<T>(members: Readonly<Record<keyof T, Check>>): Check {
  const checks = Object.entries<Check>(members);
  return (value, name) => {
    if (!isObject(value)) throw new TypeError(`${name} is not an object`);
    for (const [member, check] of checks) check(value[member], member);
  };
}
