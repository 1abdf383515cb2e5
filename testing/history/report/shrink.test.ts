import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Checker } from '../checker/checker.ts';
import { became_idle, seen, WrittenHistory } from '../checker/fixtures/written-history.ts';
import { shrink } from './shrink.ts';
import { violationText } from './violation-text.ts';

const others = Array.from({ length: 20 }, (_, n) => seen({ number: 100 + n, user: `user-${n}` }));

function longHistory(): WrittenHistory {
  const history = new WrittenHistory().open([0, 1]);
  for (const other of others) history.open([1, 2], other).get([3, 4], other);
  for (let n = 0; n < 50; n += 1) history.get([5, 6], seen());
  return history;
}

function shrunk(history: WrittenHistory) {
  const violation = history.violation();
  assert.ok(violation);
  return { violation, events: shrink(history.events, history.settings, violation) };
}

test('a violation is shrunk to the open request, the end and the contradiction', () => {
  const history = longHistory().get([10_000, 10_010], became_idle()).get([10_020, 10_030], seen());
  const { events } = shrunk(history);
  assert.deepEqual(
    events.map((event) => (event.type === 'answered' ? event.operation.kind : event.type)),
    ['invoked', 'get', 'get'],
  );
});

test('a shrunk history breaks the same promise', () => {
  const history = longHistory().close([10, 11]).get([12, 13], seen());
  const { events, violation } = shrunk(history);
  const checker = new Checker(history.settings, { isPart: true });
  const found = events.map((event) => checker.observe(event)?.invariant ?? null);
  assert.deepEqual([...new Set(found)], [null, violation.invariant]);
});

test('where something is missing, all events of the session stay', () => {
  const history = longHistory().call([20, 21], { kind: 'get', id: 's1' }, { is: 'missing' });
  const { events, violation } = shrunk(history);
  assert.ok(violation.is_absence);
  assert.ok(events.length > 50 && events.length < history.events.length - 20);
});

test('a violation is printed with one line an event', () => {
  const history = longHistory().close([10, 11]).get([12, 13], seen());
  const { violation } = shrunk(history);
  const text = violationText(history, violation);
  assert.match(text, /^\nVIOLATION of ended-stays-ended: session 1 \(s1\): it is live/);
  assert.match(text, /^0\.000 +node 0 {2}#1 open user ann .* is sent$/m);
  assert.match(text, /^10\.000\.\.11\.000 +node 0 clock \+0 ms {2}#\d+ close reason closed -> session 1 closed at/m);
  assert.match(text, /^12\.000\.\.13\.000 +node 0 clock \+0 ms {2}#\d+ get -> session 1 live revision 1/m);
});
