import { setTimeout as wait } from 'node:timers/promises';
import type { CloseReason } from '@pip-sessions/contract/close-reasons';
import { EventParser, type StreamEvent } from '@pip-sessions/contract/event-parser';
import type { SessionChange } from '../../../domain/changes.ts';
import { CommandError } from '../command-error.ts';
import { type Fetch, ProblemError } from './remote-request.ts';
import { parts } from './response-body.ts';

/** A stream without heartbeats for this time is lost: the service sends one each second. */
const SILENCE_MS_MAX = 10_000;
const RETRY_MS = 1_000;

interface Following {
  readonly base: string;
  readonly started: () => void;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Returns the changes of a running service until the signal is aborted. After a lost connection it connects again and
 * continues after the last change; if the service no longer has all changes since then, the next one is a gap. Throws a
 * `CommandError` if the first connection fails.
 */
export async function* remoteChanges(
  fetchRoute: Fetch,
  { base, started, say, signal }: Following,
): AsyncGenerator<SessionChange, void, undefined> {
  let last_id: string | null = null;
  let hasStarted = false;
  while (!signal.aborted) {
    const controller = new AbortController();
    const stop = () => controller.abort();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const headers = last_id === null ? {} : { 'last-event-id': last_id };
      const response = await fetchRoute('followChanges', {}, { headers, signal: controller.signal });
      for await (const event of eventsOf(response, controller)) {
        // A listener without an id gets a gap at its start. Nothing was missed before the first connection.
        const isStart = last_id === null && event.type === 'gap';
        last_id = event.id ?? last_id;
        if (event.type === 'hello' && !hasStarted) started();
        if (event.type === 'hello') hasStarted = true;
        const change = isStart ? null : changeOf(event);
        if (change) yield change;
      }
    } catch (error) {
      if (!signal.aborted && (!hasStarted || !isPassing(error))) throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      controller.abort();
    }
    if (signal.aborted) return;
    say(`The connection to ${base} was lost. Connecting again.`);
    await wait(RETRY_MS, undefined, { signal }).catch(() => {});
  }
}

/** Whether another connection may succeed. */
function isPassing(error: unknown): boolean {
  if (error instanceof ProblemError) return error.code !== 'UNAUTHORIZED' && error.code !== 'FORBIDDEN';
  return error instanceof CommandError;
}

async function* eventsOf(response: Response, controller: AbortController): AsyncGenerator<StreamEvent> {
  const parser = new EventParser();
  for await (const part of parts(response, { timeout_ms: SILENCE_MS_MAX, controller })) yield* parser.push(part);
}

interface ChangeData {
  readonly id: string;
  readonly revision: number;
  readonly close_reason: CloseReason | null;
  readonly removed?: true;
}

/** Events of the service do not have the user. */
function changeOf({ type, data }: StreamEvent): SessionChange | null {
  if (type === 'gap') return { type: 'gap' };
  if (type !== 'change') return null;
  const { id, revision, close_reason, removed } = JSON.parse(data) as ChangeData;
  if (removed) return { type: 'removed', id, user_id: '' };
  return { type: 'changed', id, user_id: '', revision, close_reason };
}
