import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventParser } from '@pip-sessions/contract/event-parser';
import { toClientSettings } from '../v2/request.ts';
import { ChangeStream } from './change-stream.ts';

type Send = (text: string) => Promise<void>;

/** A stream whose connections the test controls. It ends after as many connections as there are scripts. */
async function follow(scripts: readonly ((send: Send, world: World) => Promise<void> | void)[]) {
  const world: World = { now: 10_000, heard: [], errors: [], requests: [], waits: [], stream: null };
  const settings = toClientSettings({
    url: 'http://service',
    key: 'k',
    random: () => 1,
    sleep: async (ms) => void world.waits.push(ms),
    fetch: async (url, init) => {
      const script = scripts[world.requests.length];
      world.requests.push(new Headers(init.headers).get('last-event-id'));
      assert.equal(url, 'http://service/v2/changes');
      if (!script) {
        stream.stop();
        return new Response(null, { status: 503 });
      }
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const writer = writable.getWriter();
      const send = (text: string) => writer.write(new TextEncoder().encode(text));
      Promise.resolve(script(send, world))
        .then(
          () => writer.close(),
          (error) => writer.abort(error),
        )
        .catch(() => {});
      return new Response(readable);
    },
  });
  const listener = {
    changed: (id: string) => void world.heard.push(id),
    gap: () => void world.heard.push('gap'),
    failed: (error: Error) => void world.errors.push(error.message),
  };
  const stream = new ChangeStream(settings, listener, () => world.now);
  world.stream = stream;
  await stream.run();
  return world;
}

interface World {
  now: number;
  readonly heard: string[];
  readonly errors: string[];
  /** The `Last-Event-ID` of each request. */
  readonly requests: (string | null)[];
  readonly waits: number[];
  stream: ChangeStream | null;
}

const hello = (time: number) => `event: hello\ndata: {"time":${time}}\n\n`;
const heartbeat = (time: number) => `event: heartbeat\ndata: {"time":${time}}\n\n`;
const change = (id: string, number: number) =>
  `id: log:${number}\nevent: change\ndata: {"id":"${id}","revision":2}\n\n`;

test('events are handled in order, and a broken stream resumes at the last event', async () => {
  const { heard, requests, errors } = await follow([
    async (send) => {
      await send(`${hello(5)}id: log:0\nevent: gap\ndata: {}\n\n${change('a', 1)}`);
      await send(change('b', 2));
      throw new Error('cut');
    },
    async (send) => send(hello(6) + change('c', 3)),
  ]);
  assert.deepEqual(heard, ['gap', 'a', 'b', 'c']);
  assert.deepEqual(requests, [null, 'log:2', 'log:3']);
  assert.deepEqual(errors, ['cut', 'the service closed the stream']);
});

test('freshness counts from the sending of the request, however late events arrive', async () => {
  const seen: (number | undefined)[] = [];
  await follow([
    async (send, world) => {
      // Sent at 10,000. The service received it at 500 of its own clock.
      world.now = 10_900;
      // A watermark before `hello` is ignored: the clocks were not compared at that time.
      await send(hello(500) + heartbeat(499));
      await send('');
      seen.push(world.stream?.freshUntil);
      await send(heartbeat(501));
      await send('');
      seen.push(world.stream?.freshUntil);
      // A heartbeat of 1,500 that was delayed extends nothing.
      world.now = 14_900;
      await send(heartbeat(1_500));
      await send('');
      seen.push(world.stream?.freshUntil);
    },
  ]);
  assert.deepEqual(seen, [Number.NEGATIVE_INFINITY, 12_759, 13_758]);
});

test('[M-02] no heartbeat is valid for more than 3 seconds after its receipt', async () => {
  const seen: (number | undefined)[] = [];
  const { errors, requests } = await follow([
    async (send, world) => {
      await send(hello(500));
      // The service's clock has advanced by half a second more: this clock may have stood still, or drifts.
      world.now = 10_100;
      await send(`${change('a', 1)}${heartbeat(1_100)}`);
      await send('');
      seen.push(world.stream?.freshUntil);
      // The state after a suspension of 20 seconds: the former comparison of the clocks is void.
      await send(heartbeat(21_100)).catch(() => {});
      await send('').catch(() => {});
    },
    (_send, world) => void seen.push(world.stream?.freshUntil),
  ]);
  assert.deepEqual(seen, [12_858, Number.NEGATIVE_INFINITY]);
  assert.match(errors[0] ?? '', /ahead of the clock/);
  // No entry is trusted: the service reports a gap.
  assert.deepEqual(requests, [null, null, null]);
});

test('after 5 seconds of silence by this clock the stream is resumed', async () => {
  const { errors, requests, heard } = await follow([
    async (send, world) => {
      await send(hello(500) + change('a', 1) + heartbeat(501));
      await send('');
      world.now += 5_001;
      await send(heartbeat(1_500) + heartbeat(2_500) + heartbeat(5_500)).catch(() => {});
      await send('').catch(() => {});
    },
  ]);
  assert.match(errors[0] ?? '', /sent no event for 5000 ms/);
  assert.deepEqual([heard, requests], [['a'], [null, 'log:1']]);
});

test('a stream with old heartbeats for a minute is resumed', async () => {
  const { errors, requests } = await follow([
    async (send, world) => {
      await send(hello(500) + change('a', 1));
      for (let second = 1; second <= 61; second += 1) {
        world.now += 1_000;
        await send(heartbeat(500 + 1_000 * second - 4_000)).catch(() => {});
      }
    },
  ]);
  assert.deepEqual([errors, requests], [[], [null, 'log:1']]);
});

test('a stream whose response takes longer than a second is opened again', async () => {
  const { heard, errors, requests } = await follow([
    async (send, world) => {
      world.now += 1_001;
      await send(hello(1) + change('a', 1)).catch(() => {});
    },
    async (send) => send(hello(2) + change('b', 1)),
  ]);
  assert.deepEqual(heard, ['b']);
  assert.match(errors[0] ?? '', /longer than 1000 ms/);
  assert.deepEqual(requests, [null, null, 'log:1']);
});

test('after an unreadable event the stream starts without a Last-Event-ID', async () => {
  for (const bad of ['data: {\n\n', 'event: change\ndata: {"id":7}\n\n', heartbeat(1), 'x'.repeat(70_000)]) {
    const { requests, errors } = await follow([
      async (send) => {
        await send(change('a', 1).replace('event: change', 'event: later'));
        await send(bad);
        await send('');
      },
    ]);
    assert.deepEqual(requests, [null, null], bad.slice(0, 20));
    assert.equal(errors.length, 1);
  }
});

test('an infinite time makes no cache fresh, and ends the stream', async () => {
  for (const times of [
    ['-1e400', '-1e400'],
    ['1e400', '1e400'],
    ['-1e400', '5'],
    ['5', '1e400'],
    ['5', '-1e400'],
  ]) {
    const seen: (number | undefined)[] = [];
    const { errors } = await follow([
      async (send) => {
        const [first = '', second = ''] = times;
        await send(hello(0).replace('0', first) + heartbeat(0).replace('0', second)).catch(() => {});
      },
      (_send, world) => void seen.push(world.stream?.freshUntil),
    ]);
    assert.deepEqual([seen, errors[0]], [[Number.NEGATIVE_INFINITY], 'an event has no finite time'], times.join());
  }
});

test('after an error response the stream is opened again, after at most two seconds', async () => {
  const refused = Array.from({ length: 7 }, () => () => Promise.reject(new Error('refused')));
  const { waits } = await follow(refused);
  assert.deepEqual(waits, [100, 200, 400, 800, 1_600, 2_000, 2_000]);
});

test('after ten minutes the stream is resumed, because clocks drift apart', async () => {
  const { requests, errors, waits } = await follow([
    async (send, world) => {
      await send(hello(1) + change('a', 1));
      for (let second = 1; second <= 601; second += 1) {
        world.now += 1_000;
        await send(heartbeat(1 + 1_000 * second)).catch(() => {});
      }
    },
  ]);
  assert.deepEqual([requests, errors, waits], [[null, 'log:1'], [], []]);
});

test('events are parsed the same for every division into chunks', () => {
  const text = ': comment\r\nid: 7\r\nevent: change\ndata: a\ndata:b\n\ndata\n\nevent: nothing\n\nid\ndata: c\n\n';
  for (let size = 1; size <= text.length; size += 1) {
    const parser = new EventParser();
    const events = [];
    for (let at = 0; at < text.length; at += size) events.push(...parser.push(text.slice(at, at + size)));
    assert.deepEqual(events, [
      { type: 'change', data: 'a\nb', id: '7' },
      { type: 'message', data: '', id: null },
      { type: 'message', data: 'c', id: '' },
    ]);
  }
});

test('an event that is too long is rejected, however it is divided', () => {
  const long = 'x'.repeat(65_536);
  for (const lines of [
    `event: ${long}`,
    `id: ${long}`,
    `data: ${long}`,
    `: ${long}`,
    `data: ${long.slice(9)}\ndata: 0123456789`,
  ]) {
    for (const size of [1_000, 65_535, 1_000_000]) {
      const parser = new EventParser();
      const text = `data: first\n\n${lines}\n\n`;
      const events: unknown[] = [];
      const push = () => {
        for (let at = 0; at < text.length; at += size)
          for (const event of parser.push(text.slice(at, at + size))) events.push(event);
      };
      assert.throws(push, { name: 'TypeError', message: /longer than 65536/ });
      assert.deepEqual(events, [{ type: 'message', data: 'first', id: null }]);
    }
  }
});
