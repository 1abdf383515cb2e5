import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { StoreReport } from './store-url.ts';
import { Writability } from './writability.ts';

const INTERVAL_MS = 1_000;
const UNAVAILABLE = { code: 'STORE_UNAVAILABLE', message: /cannot be written to: full\.$/ };

/** Advances the clock past the age at which a proof expires. */
function wait(t: TestContext): void {
  const now = performance.now() + 60_000;
  t.mock.restoreAll();
  t.mock.method(performance, 'now', () => now);
}

function create(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const proofs: boolean[] = [];
  const reports: StoreReport[] = [];
  const prove = (needs_room: boolean) => void proofs.push(needs_room);
  const writability = new Writability({ prove, report: (report) => reports.push(report) });
  return { writability, proofs, reports };
}

test('a recent write proves that the store can be written to', async (t) => {
  const { writability, proofs } = create(t);
  writability.committed(null);
  await writability.proved();
  assert.deepEqual(proofs, []);
});

test('while writes fail, one is tried each second, and only its success ends the fault', async (t) => {
  const { writability, proofs, reports } = create(t);
  writability.committed('full');
  await assert.rejects(writability.proved(), UNAVAILABLE);
  t.mock.timers.tick(INTERVAL_MS);
  writability.proof('full');
  t.mock.timers.tick(INTERVAL_MS);
  assert.deepEqual(proofs, [true, true]);
  // A small commit that fits into the log.
  writability.committed(null);
  await assert.rejects(writability.proved(), UNAVAILABLE);
  writability.proof(null);
  await writability.proved();
  t.mock.timers.tick(10 * INTERVAL_MS);
  assert.equal(proofs.length, 2);
  assert.deepEqual(
    reports.map(({ level }) => level),
    ['error', 'info'],
  );
});

test('without a recent write, concurrent checks share one test write', async (t) => {
  const { writability, proofs } = create(t);
  wait(t);
  const asked = [writability.proved(), writability.proved()];
  assert.deepEqual(proofs, [false]);
  writability.proof(null);
  await Promise.all(asked);
  wait(t);
  const again = writability.proved();
  writability.committed('full');
  await assert.rejects(again, UNAVAILABLE);
});

test('a check is rejected when the store is closed', async (t) => {
  const { writability } = create(t);
  wait(t);
  const asked = writability.proved();
  writability.close();
  await assert.rejects(asked, { code: 'STORE_UNAVAILABLE' });
});
