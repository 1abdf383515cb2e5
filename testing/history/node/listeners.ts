import { get, type IncomingMessage } from 'node:http';
import type { CloseReason } from '../../../packages/service/src/domain/session.ts';
import type { Sessions } from '../../../packages/service/src/domain/sessions.ts';
import { elapsedTime } from '../../../packages/service/src/domain/time/elapsed-time.ts';
import { monotonicMicros } from '../history.ts';
import type { NodeEvent } from './protocol.ts';

const RECONNECT_MS = 50;

type Note = (event: NodeEvent) => void;

/** Records the changes that the store of a node publishes. */
export function listenToStore(listener: string, sessions: Sessions, note: Note): { readonly complete: () => void } {
  let until = Number.NEGATIVE_INFINITY;
  sessions.watch((change) => {
    const time = monotonicMicros();
    if (change.type === 'gap') note({ type: 'gap', time, listener });
    else if (change.type === 'removed')
      note({ type: 'delivered', time, listener, id: change.id, revision: null, reason: null });
    else {
      const { id, revision, close_reason: reason } = change;
      note({ type: 'delivered', time, listener, id, revision, reason });
    }
  });
  note({ type: 'gap', time: monotonicMicros(), listener });
  return {
    complete: () => {
      const now = microsOf(sessions.watermark());
      if (now <= until) return;
      until = now;
      note({ type: 'watermark', time: monotonicMicros(), listener, until });
    },
  };
}

/** Records the changes that `GET /v2/changes` of a node publishes. */
export function listenToStream(listener: string, url: string, note: Note): void {
  const request = get(`${url}/v2/changes`, { agent: false }, (response) => read(listener, response, note));
  const again = () => setTimeout(() => listenToStream(listener, url, note), RECONNECT_MS).unref();
  request.once('close', again);
  request.on('error', () => {});
}

function read(listener: string, response: IncomingMessage, note: Note): void {
  let rest = '';
  response.on('error', () => {});
  response.setEncoding('utf8').on('data', (chunk: string) => {
    const events = (rest + chunk).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) take(listener, event, note);
  });
}

function take(listener: string, event: string, note: Note): void {
  const type = /^event: (\w+)$/m.exec(event)?.[1];
  const data = /^data: (.*)$/m.exec(event)?.[1];
  if (type === undefined || data === undefined) return;
  const time = monotonicMicros();
  const members = JSON.parse(data) as StreamData;
  if (type === 'gap') note({ type: 'gap', time, listener });
  if (type === 'heartbeat') note({ type: 'watermark', time, listener, until: microsOf(members.time) });
  if (type !== 'change') return;
  const { id, revision = null, close_reason: reason = null } = members;
  note({ type: 'delivered', time, listener, id, revision, reason });
}

interface StreamData {
  readonly time: number;
  readonly id: string;
  readonly revision?: number;
  readonly close_reason?: CloseReason | null;
}

/** Converts a moment of `elapsedTime`, which may have jumped ahead since the process started, to `monotonicMicros`. */
function microsOf(time: number): number {
  return monotonicMicros() - (elapsedTime() - time) * 1_000;
}
