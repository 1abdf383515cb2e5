import type { CachedSessionsClient } from '@pip-sessions/client';
import { asJsonText } from '../../../packages/service/src/domain/json.ts';
import type { Sessions } from '../../../packages/service/src/domain/sessions.ts';
import { monotonicMicros, type Operation, type Result } from '../history.ts';
import type { NodeClock } from './node-clock.ts';
import type { Call, NodeEvent } from './protocol.ts';
import {
  cachedResult,
  errorResult,
  seenByToken,
  seenOf,
  sessionResult,
  statsResult,
  validationResult,
} from './results.ts';

/** The parts of a node that calls use. */
export interface Node {
  readonly sessions: Sessions;
  /** The caller with a cache, which uses the node over HTTP. */
  readonly caller: CachedSessionsClient;
  readonly clock: NodeClock;
}

/** Executes one call and records when it began and ended. */
export async function perform(node: Node, { call, operation }: Call): Promise<NodeEvent> {
  const clock = node.clock.now();
  const start = monotonicMicros();
  let result: Result;
  try {
    result = await resultOf(node, operation);
  } catch (error) {
    result = errorResult(error);
  }
  return { type: 'answered', start, time: monotonicMicros(), call, clock, result };
}

async function resultOf({ sessions, caller, clock }: Node, operation: Operation): Promise<Result> {
  switch (operation.kind) {
    case 'open':
      return open(sessions, clock, operation);
    case 'get':
      return sessionResult(await sessions.get(operation.id));
    case 'validate':
      return validationResult(
        await sessions.validate(operation.token, { age_ms_max: operation.age_ms_max ?? undefined }),
      );
    case 'cached':
      return cachedResult(caller.peek(operation.token) ?? (await caller.read(operation.token)));
    case 'rotate': {
      const { level } = operation;
      const { session, token } = await sessions.rotate(
        operation.token,
        level === null ? undefined : { auth_level: level },
      );
      return { is: 'rotated', session: seenByToken(session), token };
    }
    case 'list': {
      const { filter, skip, take, total } = operation;
      const page = await sessions.list(filter, { skip, take, total });
      return { is: 'page', sessions: page.sessions.map(seenOf), total: page.total, next: null };
    }
    case 'scan': {
      const page = await sessions.scan(operation.filter, operation.after, operation.take);
      return { is: 'page', sessions: page.sessions.map(seenOf), total: null, next: page.next };
    }
    case 'count':
      return { is: 'count', count: await sessions.count(operation.filter) };
    case 'replace': {
      const { id, member, value, revision } = operation;
      return sessionResult(await sessions.replace(id, member, asJsonText(value), revision ?? undefined));
    }
    case 'patch': {
      const { id, patch, bytes_max, revision } = operation;
      return sessionResult(await sessions.patchData(id, asJsonText(patch), bytes_max, revision ?? undefined));
    }
    case 'amend': {
      const { id, idle_timeout_ms, expire_in_ms, client: device, revision } = operation;
      const changes = {
        ...(idle_timeout_ms !== null && { idle_timeout_ms }),
        ...(expire_in_ms !== null && { expire_time: clock.now() + expire_in_ms }),
        ...(device !== null && { client: device }),
      };
      return sessionResult(await sessions.amend(id, changes, revision ?? undefined));
    }
    case 'touch':
      return sessionResult(await sessions.touch(operation.id));
    case 'close':
      return sessionResult(await sessions.close(operation.id, operation.reason));
    case 'closeMatching':
      return { is: 'ids', ...(await sessions.closeMatching(operation)) };
    case 'remove':
      return sessionResult(await sessions.remove(operation.id));
    case 'closeExpired':
      await sessions.closeExpired();
      return { is: 'done' };
    case 'sweep':
      await sessions.sweep();
      return { is: 'done' };
    case 'stats':
      return statsResult(await sessions.stats());
  }
}

async function open(sessions: Sessions, clock: NodeClock, operation: Extract<Operation, { readonly kind: 'open' }>) {
  const { user, number, key, has_token, idle_timeout_ms, expire_in_ms, address, client, data } = operation;
  const request = {
    user_id: user,
    user_name: String(number),
    address,
    client,
    data: asJsonText(data),
    idle_timeout_ms,
    expire_time: expire_in_ms === null ? null : clock.now() + expire_in_ms,
  };
  if (has_token) {
    const { session, token, evicted } = await sessions.openWithToken(request, key);
    return { is: 'opened', session: seenByToken(session), token, evicted } satisfies Result;
  }
  const { session, evicted } = await sessions.open(request);
  return { is: 'opened', session: seenOf(session), token: null, evicted } satisfies Result;
}
