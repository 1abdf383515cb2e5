import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CloseManyRequest } from '@pip-sessions/contract/v2';
import type { ListedSession } from '../sessions/listed-session.ts';
import { type EndProgress, type EndRequests, type EndTarget, endInSteps } from './bulk-end.ts';

const OPTIONS = { reason: 'revoked', by: 'staff:7' } as const;

/** A service with so many matching sessions. */
function createService(matching: number) {
  const requests: CloseManyRequest[] = [];
  const ended: string[] = [];
  let left = matching;
  const service: EndRequests = {
    endOne: async (id) => {
      if (id === 'broken') throw new Error('away');
      ended.push(id);
    },
    endMany: async (request) => {
      requests.push(request);
      const count = Math.min(left, request.limit ?? 0);
      left -= count;
      return { ids: Array.from({ length: count }, (_, index) => `s${left + index}`), more: left > 0 };
    },
  };
  return { service, requests, ended };
}

async function run(target: EndTarget, service: EndRequests, stopAfter = Number.POSITIVE_INFINITY) {
  const controller = new AbortController();
  const steps: EndProgress[] = [];
  await endInSteps(target, OPTIONS, service, controller.signal, (progress) => {
    steps.push(progress);
    if (steps.length >= stopAfter) controller.abort();
  });
  return steps.at(-1);
}

const matching = (count: number): EndTarget => ({
  kind: 'filter',
  filter: { user_id: 'ann' },
  except: ['keep'],
  count,
});
const selected = (...ids: string[]): EndTarget => ({
  kind: 'selected',
  sessions: ids.map((id) => ({ id }) as ListedSession),
});

test('a bulk end by a filter works in steps until all that were counted have ended', async () => {
  const { service, requests } = createService(450);
  const last = await run(matching(450), service);
  assert.equal(last?.ids.length, 450);
  assert.deepEqual(
    requests.map(({ limit }) => limit),
    [200, 200, 50],
  );
  assert.deepEqual(requests[0], {
    filter: { user_id: 'ann' },
    except: ['keep'],
    limit: 200,
    reason: 'revoked',
    by: 'staff:7',
  });
});

test('a bulk end never ends more sessions than were counted', async () => {
  const { service } = createService(1_000);
  const last = await run(matching(210), service);
  assert.equal(last?.ids.length, 210);
  assert.equal(last?.isMore, true);
});

test('stop ends no further step', async () => {
  const { service, requests } = createService(1_000);
  const last = await run(matching(1_000), service, 2);
  assert.equal(requests.length, 2);
  assert.equal(last?.ids.length, 400);
});

test('a bulk end of a selection ends only these sessions, and names those that failed', async () => {
  const { service, ended, requests } = createService(1_000);
  const last = await run(selected('a', 'broken', 'b', 'c', 'd', 'e'), service);
  assert.deepEqual(ended.toSorted(), ['a', 'b', 'c', 'd', 'e']);
  assert.deepEqual(
    last?.failed.map(({ id }) => id),
    ['broken'],
  );
  assert.equal(requests.length, 0);
});

test('a bulk end stops when nothing that matches is left', async () => {
  const { service, requests } = createService(10);
  const last = await run(matching(300), service);
  assert.equal(last?.ids.length, 10);
  assert.equal(requests.length, 1);
});
