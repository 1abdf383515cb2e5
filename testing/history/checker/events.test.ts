import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closed, micros, seen, WrittenHistory } from './fixtures/written-history.ts';

const LISTENER = { listener: 'a' } as const;
const changed = seen({ revision: 2, values: { data: '{"a":1}', user: null } });

function listening(): WrittenHistory {
  return new WrittenHistory()
    .event({ type: 'gap', time: 0, ...LISTENER })
    .open([1, 2])
    .replace([3, 4], changed);
}

function delivered(time_ms: number, revision: number | null, reason: 'closed' | null = null) {
  return { type: 'delivered', time: micros(time_ms), id: 's1', revision, reason, ...LISTENER } as const;
}

function watermark(time_ms: number, until_ms: number) {
  return { type: 'watermark', time: micros(time_ms), until: micros(until_ms), ...LISTENER } as const;
}

test('a listener has received every change before its watermark', () => {
  assert.equal(listening().event(delivered(5, 2)).event(watermark(6, 5)).violation(), null);
  assert.equal(listening().event(delivered(5, 1)).event(watermark(6, 5)).breaks(), 'events');
});

test('a later revision stands for those before it', () => {
  const history = listening().event(delivered(5, 2)).event(delivered(6, 1)).event(watermark(7, 6));
  assert.equal(history.violation(), null);
});

test('a change after the watermark may still be in transit', () => {
  assert.equal(listening().event(delivered(3, 1)).event(watermark(6, 3)).violation(), null);
});

test('after a gap, a listener need not receive earlier changes', () => {
  const history = listening()
    .event({ type: 'gap', time: micros(5), ...LISTENER })
    .event(watermark(7, 6));
  assert.equal(history.violation(), null);
});

test('a listener that has ended need not receive anything', () => {
  const history = listening()
    .event({ type: 'silent', time: micros(5), ...LISTENER })
    .event(watermark(7, 6));
  assert.equal(history.violation(), null);
});

test('a listener receives each removal', () => {
  const history = () => listening().event(delivered(5, 2)).remove([6, 7], changed);
  assert.equal(history().event(delivered(7, null)).event(watermark(9, 8)).violation(), null);
  assert.equal(history().event(watermark(9, 8)).breaks(), 'events');
});

test('a listener receives an end whose request has not responded', () => {
  const history = () => listening().event(delivered(5, 2)).invoked(6, { kind: 'close', id: 's1', reason: 'closed' });
  const ended = closed({ revision: 3 });
  assert.equal(
    history()
      .event(delivered(7, 3, 'closed'))
      .rest([8, 9], [ended])
      .event(watermark(12, 11))
      .violation(),
    null,
  );
  assert.equal(history().rest([8, 9], [ended]).event(watermark(12, 11)).breaks(), 'events');
});

test('nothing is published as live after the end', () => {
  const history = listening().close([5, 6], closed({ revision: 3 }));
  assert.equal(history.event(delivered(7, 2)).violation(), null);
  assert.equal(history.event(delivered(8, 4)).breaks(), 'end-never-changes');
});

test('an event names the same end as every response', () => {
  const history = listening().close([5, 6], closed({ revision: 3, close_reason: 'revoked' }));
  assert.equal(history.event(delivered(7, 3, 'closed')).breaks(), 'end-never-changes');
});
