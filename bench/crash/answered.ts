import { newSession } from '../contenders/preload.ts';
import { isSession } from '../scenarios/session-answer.ts';
import { Caller } from './caller.ts';

/** One open in so many is followed by the close of the same session. */
const CLOSED_ONE_IN = 4;

/** What the service has answered, and so has promised to keep. */
export interface Answered {
  readonly id: string;
  readonly user_id: string;
  /** Unasked for, asked for without an answer when the process was killed, or answered. */
  close: 'none' | 'unanswered' | 'answered';
}

/**
 * Opens sessions, and closes some, from `connections` until the service is gone; `onFirst` is called at the first
 * answer. Rejects when the service answers anything but what was asked.
 */
export async function openUntilGone(port: number, connections: number, onFirst: () => void): Promise<Answered[]> {
  const answered: Answered[] = [];

  async function run(caller: Caller, connection: number): Promise<void> {
    for (let count = 0; ; count += 1) {
      const user_id = `user-${connection}-${count}`;
      const session = await untilGone(caller.call('open_session', newSession(user_id)));
      if (session === GONE) return;
      if (!isSession(session) || session.user_id !== user_id) throw wrong('open_session', session);
      const kept: Answered = { id: session.id, user_id, close: 'none' };
      answered.push(kept);
      if (answered.length === 1) onFirst();
      if (count % CLOSED_ONE_IN !== 0) continue;
      kept.close = 'unanswered';
      const closed = await untilGone(caller.call('close_session', { session_id: kept.id }));
      if (closed === GONE) return;
      if (!isSession(closed) || closed.active) throw wrong('close_session', closed);
      kept.close = 'answered';
    }
  }

  const callers = await Promise.all(Array.from({ length: connections }, () => Caller.open(port)));
  await Promise.all(callers.map(run));
  return answered;
}

export interface Found {
  readonly found: number;
  /** One text a session that is not as it was answered. */
  readonly lost: readonly string[];
}

/** Reads every session back: each open must be there, each close must have happened. */
export async function readBack(port: number, answered: readonly Answered[], connections: number): Promise<Found> {
  const lost: string[] = [];
  let next = 0;

  async function run(caller: Caller): Promise<void> {
    for (let kept = answered[next++]; kept; kept = answered[next++]) {
      const session = await caller.call('get_session_by_id', { session_id: kept.id });
      const problem = difference(kept, session);
      if (problem) lost.push(`${kept.id}: ${problem}`);
    }
  }

  const callers = await Promise.all(Array.from({ length: connections }, () => Caller.open(port)));
  await Promise.all(callers.map(run));
  for (const caller of callers) caller.close();
  return { found: answered.length - lost.length, lost };
}

function difference({ user_id, close }: Answered, session: unknown): string | null {
  if (!isSession(session)) return `the open was answered, and the session is not there (${JSON.stringify(session)})`;
  if (session.user_id !== user_id) return `it was opened for ${user_id}, and is of ${session.user_id}`;
  if (close === 'answered' && session.active) return 'the close was answered, and the session is active';
  if (close === 'none' && !session.active) return 'it was not closed, and is not active';
  const data = JSON.stringify(session.data);
  const expected = session.active ? JSON.stringify(newSession(user_id).data) : 'null';
  return data === expected ? null : `its data should be ${expected}, and is ${data}`;
}

const GONE = Symbol('gone');

/** The answer, or that the process was killed before it came. */
async function untilGone(call: Promise<unknown>): Promise<unknown> {
  return call.catch(() => GONE);
}

function wrong(command: string, answer: unknown): Error {
  return new Error(`${command} was answered with ${JSON.stringify(answer)}.`);
}
