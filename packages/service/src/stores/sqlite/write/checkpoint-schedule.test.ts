import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CheckpointSchedule } from './checkpoint-schedule.ts';

const CONFIG = { wal_bytes_max: 1_000_000, wal_age_ms_max: 900_000 };
const turn = () => new Promise(setImmediate);

/** Tracks whether a promise has resolved. */
function watched(promise: Promise<void>): { isDone: boolean } {
  const state = { isDone: false };
  void promise.then(() => {
    state.isDone = true;
  });
  return state;
}

test('a sweep waits while a reader holds the log back, until all of it was moved', async () => {
  const schedule = new CheckpointSchedule(CONFIG);
  schedule.made(0);
  const wait = schedule.waits();
  await wait();
  schedule.made(5);
  const step = watched(wait());
  await turn();
  assert.equal(step.isDone, false, 'pages are left');
  schedule.made(3);
  await turn();
  assert.equal(step.isDone, false, 'fewer pages are left');
  schedule.made(0);
  await turn();
  assert.equal(step.isDone, true);
});

test('all steps of a sweep together wait at most one second for the log', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const schedule = new CheckpointSchedule(CONFIG);
  schedule.made(5);
  const wait = schedule.waits();
  const step = watched(wait());
  t.mock.timers.tick(999);
  await turn();
  assert.equal(step.isDone, false);
  t.mock.timers.tick(1);
  await turn();
  assert.equal(step.isDone, true);
  await wait();
});

test('a checkpoint that a reader held back is repeated when the reader has ended', async () => {
  const schedule = new CheckpointSchedule(CONFIG);
  assert.equal(schedule.want(), null, 'nothing is held back');
  assert.equal(schedule.takeDue(), null);
  schedule.made(5);
  assert.equal(schedule.takeDue(), null, 'the reader is still running');
  const made = schedule.want();
  assert.deepEqual(schedule.takeDue(), { cut: false });
  assert.equal(schedule.takeDue(), null, 'a checkpoint is in progress');
  schedule.made(0);
  await made;
});

test('a sweep does not wait after a failed checkpoint', async () => {
  const schedule = new CheckpointSchedule(CONFIG);
  schedule.made(null);
  await schedule.waits()();
});
