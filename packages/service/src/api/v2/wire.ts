import { SESSION_PROPERTIES, type SessionProperty } from '@pip-sessions/contract/session';
import type { Stats } from '../../domain/figures/stats.ts';
import type { Opened } from '../../domain/open-request.ts';
import { expiresInMs, type Session, type SessionSummary } from '../../domain/session.ts';
import type { ClosedMatching, HourCounts, Scan } from '../../domain/store.ts';
import type { Swept } from '../../domain/sweeps/sweep.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import type { WithToken } from '../../domain/tokens/rotation.ts';
import type { Validation } from '../../domain/tokens/token-validator.ts';
import type { OwnScan } from '../../domain/users/own-sessions.ts';
import type { Erased } from '../../domain/users/user-data.ts';
import { stringText, timeText } from '../json-text.ts';
import { cursorOf } from './cursor.ts';

/** Returns a `Session` of API v2 as JSON at `now`: `user` and `data` as stored, without secrets. */
export function sessionText(session: Session, now: number): string {
  return `{${summaryMembers(session, now)},"user":${session.user ?? 'null'},"data":${session.data ?? 'null'}}`;
}

export function openedText({ session, token, evicted }: Opened & WithToken, now: number): string {
  return `{"session":${sessionText(session, now)},"token":"${token}","evicted":${JSON.stringify(evicted)}}`;
}

export function rotatedText({ session, token }: { readonly session: Session } & WithToken, now: number): string {
  return `{"session":${sessionText(session, now)},"token":"${token}"}`;
}

export function validationText(validation: Validation, now: number): string {
  if (!validation.active) return `{"active":false,"reason":"${validation.reason}"}`;
  const { session, cacheable_ms, age_ms } = validation;
  return `{"active":true,"session":${sessionText(session, now)},"max_age":${cacheable_ms / 1000},"age":${age_ms / 1000}}`;
}

/**
 * Returns null for several validations whose text is larger than `bytes_max`. The text of one validation may be larger,
 * as without a list.
 */
export function validationListText(validations: readonly Validation[], now: number, bytes_max: number): string | null {
  let text = '{"results":[';
  let separator = '';
  for (const validation of validations) {
    text += separator + validationText(validation, now);
    separator = ',';
    // A character takes at least one byte: the text does not grow far beyond the bound.
    if (text.length > bytes_max && validations.length > 1) return null;
  }
  text += ']}';
  return validations.length > 1 && Buffer.byteLength(text) > bytes_max ? null : text;
}

/** Returns the states of sessions, without their values; null stands for a session that does not exist. */
export function checkListText(ids: readonly string[], sessions: readonly (Session | null)[], now: number): string {
  const results = ids.map((id, index) => `{"id":${JSON.stringify(id)},${checkMembers(sessions[index] ?? null, now)}}`);
  return `{"results":[${results.join(',')}]}`;
}

function checkMembers(session: Session | null, now: number): string {
  const isLive = session !== null && session.close_time === null;
  if (!isLive) return `"active":false,"reason":"${session?.close_reason ?? 'unknown'}"`;
  return `"active":true,"revision":${session.revision},"expires_in":${expiresIn(session, now)}`;
}

export function pageText({ sessions, next }: Scan, total: number | null, now: number): string {
  const items = sessions.map((session) => `{${summaryMembers(session, now)}}`).join(',');
  const cursor = next === null ? 'null' : `"${cursorOf(next)}"`;
  return `{"items":[${items}],"next_cursor":${cursor}${total === null ? '' : `,"total":${total}`}}`;
}

export function ownPageText({ current, ...page }: OwnScan, now: number): string {
  return `${pageText(page, null, now).slice(0, -1)},"current":${JSON.stringify(current)}}`;
}

export function closedText({ ids, more }: ClosedMatching): string {
  return JSON.stringify({ ids, more });
}

/** Returns the lines of some sessions in an export, each with its line feed. */
export function exportedText(sessions: readonly Session[], now: number): string {
  return sessions.map((session) => `{"type":"session","session":${sessionText(session, now)}}\n`).join('');
}

export function exportEndText(sessions: number): string {
  return `${JSON.stringify({ type: 'end', sessions })}\n`;
}

export function erasedText({ time, ...erased }: Erased): string {
  return JSON.stringify({ ...erased, time: isoTime(time) });
}

export function statsText({ live, hours, swept }: Stats): string {
  const all = { opened: 0, closed: {} as Record<string, number> };
  for (const { opened, closed } of hours) {
    all.opened += opened;
    for (const [reason, count] of Object.entries(closed)) all.closed[reason] = (all.closed[reason] ?? 0) + count;
  }
  return JSON.stringify({ live, ...all, hours: hours.map(hourJson), sweep: swept && sweepJson(swept) });
}

/** Returns a sweep as `GET /v2/stats` has it. */
export function sweepJson({ time, closed, purged, lag_ms }: Swept) {
  return { time: isoTime(time), closed, purged, lag: lag_ms / 1000 };
}

function hourJson({ hour, opened, closed }: HourCounts) {
  return { hour: isoTime(hour), opened, closed };
}

/** The code is generated once, and it is as fast as handwritten code. */
const summaryMembers = compileSummary();

function compileSummary(): (session: SessionSummary, now: number) => string {
  const texts = Object.entries(SESSION_PROPERTIES).map(([name, property]) => `"${name}":\${${textOf(name, property)}}`);
  const body = `const opened = timeText(session.open_time); return \`${texts.join(',')}\`;`;
  const make = new Function(
    'timeText',
    'stringText',
    'expiresIn',
    'actorText',
    `return (session, now) => { ${body} };`,
  );
  return make(timeText, stringText, expiresIn, actorText);
}

function actorText({ actor_type: type, actor_id: id, actor_reason: reason }: SessionSummary): string {
  return id === null ? 'null' : JSON.stringify({ type, id, reason });
}

function expiresIn(session: SessionSummary, now: number): number | null {
  const left_ms = expiresInMs(session, now);
  return left_ms === null ? null : Math.floor(left_ms / 1000);
}

/** Returns code for the JSON text of a property. */
function textOf(name: string, { type, isNullable }: SessionProperty): string {
  const value = `session.${name}`;
  switch (type) {
    case 'boolean':
      return 'session.close_time === null';
    case 'seconds':
      return `${value}_ms / 1000`;
    case 'seconds_left':
      return 'expiresIn(session, now)';
    case 'integer':
      return value;
    case 'string':
      return `stringText(${value})`;
    case 'close_reason':
      return `${value} === null ? 'null' : '"' + ${value} + '"'`;
    case 'actor':
      return 'actorText(session)';
    case 'strings':
      return `${value}.length === 0 ? '[]' : JSON.stringify(${value})`;
    case 'time':
      // Many times are equal to `open_time`.
      return isNullable ? `timeText(${value})` : `${value} === session.open_time ? opened : timeText(${value})`;
  }
}
