import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChangeStream, type FeedEvent, LAG_S_MIN } from './change-stream.ts';

/** A stream whose clock and events the test makes. */
function createStream() {
  let now = 1_000;
  const timers = new Map<number, { readonly callback: () => void; readonly due: number }>();
  let last = 0;
  const sources: { readyState: number; isClosed: boolean; emit: (type: string, data?: unknown) => void }[] = [];
  const stream = new ChangeStream({
    connect: () => {
      const listeners = new Map<string, (event: { readonly data?: unknown }) => void>();
      const source = {
        readyState: 1,
        isClosed: false,
        emit: (type: string, data?: unknown) =>
          listeners.get(type)?.(data === undefined ? {} : { data: JSON.stringify(data) }),
      };
      sources.push(source);
      return {
        get readyState() {
          return source.readyState;
        },
        addEventListener: (type, listener) => void listeners.set(type, listener),
        close: () => {
          source.isClosed = true;
        },
      };
    },
    now: () => now,
    setTimer: (callback, delay_ms) => {
      last += 1;
      timers.set(last, { callback, due: now + delay_ms });
      return last;
    },
    clearTimer: (timer) => void timers.delete(timer as number),
  });
  const pass = (ms: number) => {
    const end = now + ms;
    for (;;) {
      const [next] = [...timers].filter(([, { due }]) => due <= end).toSorted(([, a], [, b]) => a.due - b.due);
      if (!next) break;
      now = next[1].due;
      timers.delete(next[0]);
      next[1].callback();
    }
    now = end;
  };
  const events: FeedEvent[] = [];
  stream.listen((event) => events.push(event));
  return { stream, sources, pass, events };
}

const change = (id: string) => ({ id, revision: 1, close_reason: null });

test('the feed is live while heartbeats arrive, and then says how far it is behind', () => {
  const { stream, sources, pass } = createStream();
  stream.start();
  assert.equal(stream.state.name, 'connecting');
  sources[0]?.emit('hello', { time: 50_000 });
  for (let second = 1; second <= 5; second += 1) {
    pass(1_000);
    sources[0]?.emit('heartbeat', { time: 50_000 + second * 1_000 });
  }
  assert.deepEqual(stream.state, { name: 'live', lag_s: 0 });
  pass(LAG_S_MIN * 1_000 + 1_000);
  assert.deepEqual(stream.state, { name: 'live', lag_s: 3 });
  sources[0]?.emit('heartbeat', { time: 58_500 });
  assert.deepEqual(stream.state, { name: 'live', lag_s: 0 });
});

test('changes arrive in batches, and a gap drops what came before it', () => {
  const { stream, sources, pass, events } = createStream();
  stream.start();
  sources[0]?.emit('hello', { time: 0 });
  sources[0]?.emit('change', change('a'));
  sources[0]?.emit('change', change('b'));
  assert.equal(events.length, 0);
  pass(300);
  assert.deepEqual(events, [{ kind: 'changes', changes: [change('a'), change('b')] }]);
  sources[0]?.emit('change', change('c'));
  sources[0]?.emit('gap', {});
  pass(300);
  assert.deepEqual(events.slice(1), [{ kind: 'gap' }]);
});

test('a change after a quiet time is handed on at once, and those of a busy service four times a second', () => {
  const { stream, sources, pass, events } = createStream();
  stream.start();
  for (let index = 0; index < 100; index += 1) {
    sources[0]?.emit('change', change(`${index}`));
    pass(10);
  }
  const sizes = events.map((event) => (event.kind === 'changes' ? event.changes.length : 0));
  assert.deepEqual(sizes, [1, 25, 25, 25]);
});

test('more changes than a page can follow are a gap', () => {
  const { stream, sources, pass, events } = createStream();
  stream.start();
  for (let index = 0; index <= 5_000; index += 1) sources[0]?.emit('change', change(`${index}`));
  pass(300);
  assert.deepEqual(events, [{ kind: 'gap' }]);
});

test('a stream that the service rejected is opened again after a pause', () => {
  const { stream, sources, pass } = createStream();
  stream.start();
  const [first] = sources;
  assert.ok(first);
  first.emit('error');
  assert.equal(stream.state.name, 'reconnecting');
  pass(10_000);
  assert.equal(sources.length, 1);
  first.readyState = 2;
  first.emit('error');
  pass(5_000);
  assert.equal(sources.length, 2);
  assert.ok(first.isClosed);
});

test('a paused stream is closed, and what it still sends is not used', () => {
  const { stream, sources, pass, events } = createStream();
  stream.start();
  sources[0]?.emit('hello', { time: 0 });
  stream.pause();
  sources[0]?.emit('change', change('a'));
  pass(60_000);
  assert.deepEqual([stream.state.name, sources[0]?.isClosed, events.length], ['paused', true, 0]);
  stream.start();
  assert.equal(stream.state.name, 'reconnecting');
});
