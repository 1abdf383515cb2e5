import type { Violation } from '../checker/violation.ts';
import type { HistoryEvent, HistorySettings, Operation, Result, Seen } from '../history.ts';

/** One event as one line: time (in ms since `origin`), node, offset of its clock, call and result. */
export function lineOf(
  event: HistoryEvent,
  origin: number,
  settings: HistorySettings,
  { number, user }: Pick<Violation, 'number' | 'user'>,
): string {
  const at = (time: number) => ((time - origin) / 1_000).toFixed(3);
  const isOurs = (seen: Seen) => (number === null ? user === null || seen.user === user : seen.number === number);
  switch (event.type) {
    case 'answered': {
      const { start, time, node, clock, call, operation, result } = event;
      const offset = clock - (settings.epoch_ms + start / 1_000);
      const by = clock === 0 ? '' : ` clock ${signed(offset)}`;
      const times = `${at(start)}..${at(time)}`.padEnd(22);
      return `${times} node ${node}${by}  #${call} ${callText(operation)} -> ${resultText(result, isOurs)}`;
    }
    case 'invoked':
      return `${at(event.time).padEnd(22)} node ${event.node}  #${event.call} ${callText(event.operation)} is sent`;
    case 'pages':
    case 'rest': {
      const shown = event.sessions.filter(isOurs).map(seenText).join('; ') || 'not there';
      const what = event.type === 'rest' ? 'at rest' : `scan to the end ${JSON.stringify(event.filter)}`;
      return `${`${at(event.start)}..${at(event.time)}`.padEnd(22)} node ${event.node}  ${what} -> ${shown}`;
    }
    default: {
      const { type, time, ...rest } = event;
      const until = 'until' in rest ? { ...rest, until: at(rest.until) } : rest;
      return `${at(time).padEnd(22)} ${type} ${JSON.stringify(until)}`;
    }
  }
}

function callText({ kind, ...members }: Operation): string {
  const { id: _, token, ...rest } = members as Readonly<Record<string, unknown>>;
  const shown = { ...rest, ...(typeof token === 'string' && { token: token.slice(-6) }) };
  const texts = Object.entries(shown)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return [kind, ...texts].join(' ');
}

function resultText(result: Result, isOurs: (seen: Seen) => boolean): string {
  switch (result.is) {
    case 'opened':
      return `opened ${seenText(result.session)}${result.evicted.length > 0 ? ` evicted ${result.evicted}` : ''}`;
    case 'session':
      return seenText(result.session);
    case 'rotated':
      return `${seenText(result.session)} token ${result.token.slice(-6)}`;
    case 'ended':
      return `ended ${result.reason ?? ''}`;
    case 'conflict':
      return `conflict, revision ${result.revision}`;
    case 'page': {
      const ours = result.sessions.filter(isOurs).map(seenText);
      const total = result.total === null ? '' : ` of ${result.total}`;
      return `${result.sessions.length}${total} sessions: ${ours.join('; ') || 'it is not among them'}`;
    }
    case 'count':
      return String(result.count);
    case 'ids':
      return `closed ${result.ids.join(' ')}`;
    case 'failed':
      return `failed: ${result.message}`;
    default:
      return result.is.replace('_', ' ');
  }
}

function seenText({ number, revision, close_reason, close_time, request_time, idle_timeout_ms, values }: Seen): string {
  const end = close_reason === null ? 'live' : `${close_reason} at ${close_time}`;
  const held = values && close_reason === null ? ` data ${values.data} user ${values.user}` : '';
  return `session ${number} ${end} revision ${revision} active ${request_time} idle ${idle_timeout_ms}${held}`;
}

function signed(ms: number): string {
  return `${ms < 0 ? '' : '+'}${ms.toFixed(0)} ms`;
}
