import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onEveryStore, onSharedStores, type TestedStores } from '../../../../testing/stores/stores.ts';
import { asJsonText } from '../domain/json.ts';
import { Sessions } from '../domain/sessions.ts';
import type { SessionsSettings } from '../domain/settings.ts';
import { CheckedClock } from '../domain/time/clock-check.ts';

const DAY_MS = 86_400_000;
const USER = { user_id: 'u' };
const ALL = { skip: 0, take: 10, total: true };
const LONG = { ...USER, idle_timeout_ms: 100 * DAY_MS };

function failed(error: unknown): never {
  throw error;
}

/** Two nodes on the same data: the clock of `here` can step, the clock of `there` is right. */
async function startNodes(stores: TestedStores, settings: Partial<SessionsSettings> = {}) {
  const step = { ms: 0 };
  const clock = new CheckedClock({ now: () => Date.now() + step.ms });
  const right = { now: () => Date.now() };
  const store = await stores.empty({ clock });
  const other = await stores.again({ clock: right });
  const all = { idle_timeout_ms_max: 1_000 * DAY_MS, ...settings };
  const compare = async () => clock.compared(await store.clockDifference(clock));
  await compare();
  const here = new Sessions(store, clock, all, failed);
  const there = new Sessions(other, right, all, failed);
  return { step, compare, here, there, other };
}

onSharedStores((stores) => {
  for (const isCompared of [true, false]) {
    const when = isCompared
      ? 'a node with a clock 40 days ahead'
      : 'a node whose clock steps by 40 days before its check';

    test(`[E-03] ${stores.name}: ${when} ends nothing`, async () => {
      const { step, compare, here, there, other } = await startNodes(stores, {
        limit: { max: 9, policy: 'evict_oldest' },
      });
      const { session, token } = await there.openWithToken(USER, null);
      const first = await there.openWithToken(USER, null);
      const rotated = await there.rotate(first.token);
      step.ms = 40 * DAY_MS;
      if (isCompared) await compare();
      const { id } = session;
      for (const [name, use] of Object.entries({
        get: () => here.get(id),
        validate: () => here.validate(token),
        'validate in its grace': () => here.validate(first.token),
        rotate: () => here.rotate(token),
        'rotate in its grace': () => here.rotate(first.token),
        touch: () => here.touch(id),
        replace: () => here.replace(id, 'data', asJsonText('1')),
        patch: () => here.patchData(id, asJsonText('{}'), 100),
        close: () => here.close(id),
        list: () => here.list({ user_id: 'u' }, ALL),
        'list of one': () => here.list({ id }, ALL),
        scan: () => here.scan({}, null, 10),
        count: () => here.count({ active: true }),
        stats: () => here.stats(),
        'close many': () =>
          here.closeMatching({ filter: USER, except: [], reason: 'revoked', limit: 10, dry_run: false }),
        'open under a limit': () => here.open(USER),
        'close expired': () => here.closeExpired(),
        sweep: () => here.sweep(),
      })) {
        await assert.rejects(use, { code: 'STORE_UNAVAILABLE', message: /3456000 s ahead/ }, name);
      }
      for (const open of [id, first.session.id]) assert.equal((await other.find(open))?.close_time, null);
      assert.equal((await there.validate(token)).active, true);
      assert.equal((await there.validate(rotated.token)).active, true);
      step.ms = 0;
      await compare();
      assert.equal((await here.validate(token)).active, true);
    });
  }

  test(`${stores.name}: a node 40 days ahead serves sessions that are live by its clock`, async () => {
    const { step, compare, here, there } = await startNodes(stores);
    const { session, token } = await there.openWithToken(LONG, null);
    step.ms = 40 * DAY_MS;
    await compare();
    assert.equal((await here.get(session.id))?.close_time, null);
    assert.equal((await here.validate(token)).active, true);
    await here.settled();
    assert.equal((await here.replace(session.id, 'data', asJsonText('1')))?.data, '1');
    assert.equal((await here.list({ user_id: 'u', active: true }, ALL)).total, 1);
    const rotated = await here.rotate(token);
    assert.equal((await here.close(rotated.session.id))?.close_reason, 'closed');
  });

  test(`[E-03] ${stores.name}: a node with a fast clock ends no session in a grace`, async () => {
    const { step, compare, here, there, other } = await startNodes(stores, { rotation_grace_ms: 30_000 });
    const { session, token } = await there.openWithToken(LONG, null);
    await there.rotate(token);
    step.ms = 60_000;
    await compare();
    await assert.rejects(here.validate(token), { code: 'STORE_UNAVAILABLE', message: /60 s ahead/ });
    await assert.rejects(here.rotate(token), { code: 'STORE_UNAVAILABLE' });
    assert.equal((await other.find(session.id))?.close_time, null);
    assert.equal((await there.validate(token)).active, true);
  });
});

onEveryStore((stores) => {
  test(`${stores.name}: the clock is compared with that of the database server`, async () => {
    const store = await stores.empty();
    const difference = await store.clockDifference({ now: () => Date.now() + 40 * DAY_MS });
    assert.equal(difference !== null, stores.isShared);
    if (!difference) return;
    // The database servers run on this machine.
    const { ahead_ms, error_ms } = difference;
    assert.ok(Math.abs(ahead_ms - 40 * DAY_MS) <= error_ms + 5, `${ahead_ms} ms, by ${error_ms} ms`);
    assert.ok(error_ms >= 0 && error_ms < 2_000);
  });
});
