import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Seen } from '../history.ts';
import { closed, micros, openOf, seen, WrittenHistory } from './fixtures/written-history.ts';

const OF_ANN = { user_id: 'ann' };
const LIVE_OF_ANN = { user_id: 'ann', active: true };
const [one, two] = [seen(), seen({ number: 2 })];
const both = (settings = {}) => new WrittenHistory(settings).open([0, 1], one).open([0, 1], two);
const LIMIT = { limit: { max: 1, policy: 'deny' } } as const;

test('a user has no more live sessions than the limit in a count', () => {
  assert.equal(
    both({ limit: { max: 2, policy: 'deny' } })
      .count([2, 3], LIVE_OF_ANN, 2)
      .violation(),
    null,
  );
  assert.equal(both(LIMIT).count([2, 3], LIVE_OF_ANN, 2).breaks(), 'limit');
});

test('a user has no more live sessions than the limit in a list or at rest', () => {
  assert.equal(both(LIMIT).list([2, 3], LIVE_OF_ANN, [one, two]).breaks(), 'limit');
  assert.equal(both(LIMIT).rest([2, 3], [one, two]).breaks(), 'limit');
});

test('a session is rejected only if the limit is reached', () => {
  const denied = (history: WrittenHistory) =>
    history.invoked(4, openOf(two)).call([4, 5], openOf(two), { is: 'limit' });
  assert.equal(denied(new WrittenHistory(LIMIT).open([0, 1], one)).violation(), null);
  assert.equal(denied(new WrittenHistory(LIMIT).open([0, 1], one).close([2, 3])).breaks(), 'limit');
});

test('a session is evicted only if the limit is reached', () => {
  const limit = { max: 2, policy: 'evict_oldest' } as const;
  const history = new WrittenHistory({ limit }).open([0, 1], one);
  assert.equal(history.open([2, 3], two, ['s1']).breaks(), 'limit');
});

test('a count includes all sessions that certainly exist', () => {
  assert.equal(both().count([2, 3], LIVE_OF_ANN, 2).violation(), null);
  assert.equal(both().count([2, 3], LIVE_OF_ANN, 1).breaks(), 'count-equals-scan');
  assert.equal(both().count([2, 3], OF_ANN, 1).breaks(), 'count-equals-scan');
  assert.equal(both().count([2, 3], OF_ANN, 3).breaks(), 'ended-stays-ended');
});

test('at rest a count, a total and a scan agree with the full scan', () => {
  const ended = closed({ number: 2 });
  const rest = (count: number, total: number, scanned: readonly string[]) =>
    both()
      .close([2, 3], ended)
      .rest([4, 5], [one, ended], { counts: [{ filter: LIVE_OF_ANN, count, total, scanned }] });
  assert.equal(rest(1, 1, ['s1']).violation(), null);
  assert.equal(rest(2, 1, ['s1']).breaks(), 'count-equals-scan');
  assert.equal(rest(1, 2, ['s1']).breaks(), 'count-equals-scan');
  assert.equal(rest(1, 1, ['s2']).breaks(), 'pages');
});

test('a page has only matching sessions, each once', () => {
  const bob = seen({ number: 3, user: 'bob' });
  assert.equal(both().list([2, 3], OF_ANN, [one, two]).violation(), null);
  assert.equal(both().open([0, 1], bob).list([2, 3], OF_ANN, [one, two, bob]).breaks(), 'pages');
  assert.equal(both().list([2, 3], OF_ANN, [one, one]).breaks(), 'pages');
});

test('a scan during changes includes every session that existed all the time', () => {
  const scan = (sessions: readonly Seen[]) =>
    both().event({ type: 'pages', start: micros(2), time: micros(9), node: 0, filter: OF_ANN, sessions });
  assert.equal(scan([one, two]).violation(), null);
  assert.equal(scan([one]).breaks(), 'pages');
  assert.equal(scan([one, two, two]).breaks(), 'pages');
});

test('a scan may miss sessions that were opened or removed during it', () => {
  const late = seen({ number: 3 });
  const history = both().open([5, 6], late).remove([5, 7], two);
  history.event({ type: 'pages', start: micros(2), time: micros(9), node: 0, filter: OF_ANN, sessions: [one] });
  assert.equal(history.violation(), null);
});

test('the statistics agree with what happened', () => {
  const ended = closed({ number: 2 });
  const rest = (opened: number, count: number, live = 1) =>
    both()
      .close([2, 3], ended)
      .rest([4, 5], [one, ended], { stats: { live, opened, closed: { closed: count } } });
  assert.equal(rest(2, 1).violation(), null);
  assert.equal(rest(1, 1).breaks(), 'stats');
  assert.equal(rest(2, 0).breaks(), 'stats');
  assert.equal(rest(2, 1, 2).breaks(), 'stats');
});
