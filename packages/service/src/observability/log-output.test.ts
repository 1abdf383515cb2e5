import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { LogOutput } from './log-output.ts';
import type { LogTarget } from './log-target.ts';

const FLUSH_INTERVAL_MS = 100;

/** A reader whose capacity the test sets. */
class Reader implements LogTarget {
  text = '';
  writes = 0;
  /** The error of each write; null if the reader reads. */
  fault: string | null = null;
  bytes_max = Number.MAX_SAFE_INTEGER;

  write(bytes: Buffer, done: (error: NodeJS.ErrnoException | null, written: number) => void): void {
    this.writes += 1;
    if (this.fault === null) done(null, this.writeNow(bytes));
    else done(Object.assign(new Error(this.fault), { code: this.fault }), 0);
  }

  writeNow(bytes: Buffer): number {
    const taken = bytes.subarray(0, this.bytes_max);
    this.text += taken.toString();
    return taken.length;
  }
}

function outputTo(t: TestContext, reader: LogTarget, waiting_bytes_max = 1_000): LogOutput {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const droppedLine = (count: number) => `dropped ${count}\n`;
  return new LogOutput({ open: () => reader, droppedLine, waiting_bytes_max });
}

test('lines are written together, after at most a tenth of a second', (t) => {
  const reader = new Reader();
  const output = outputTo(t, reader);
  output.write('a\n');
  output.write('ü\n');
  assert.equal(reader.text, '');
  t.mock.timers.tick(FLUSH_INTERVAL_MS);
  assert.deepEqual([reader.text, reader.writes], ['a\nü\n', 1]);
  output.write('c\n');
  output.flush();
  assert.equal(reader.text, 'a\nü\nc\n');
});

test('no line is split between two chunks of 4,096 bytes', (t) => {
  const reader = new Reader();
  const chunks: number[] = [];
  const output = outputTo(
    t,
    {
      write: (bytes, done) => {
        chunks.push(bytes.length);
        reader.write(bytes, done);
      },
      writeNow: (bytes) => reader.writeNow(bytes),
    },
    100_000,
  );
  for (let n = 0; n < 50; n += 1) output.write(`${'x'.repeat(999)}\n`);
  output.write(`${'y'.repeat(9_999)}\n`);
  output.flush();
  assert.equal(reader.text.length, 60_000);
  assert.deepEqual([...new Set(chunks)].sort(), [10_000, 2_000, 4_000]);
});

test('[B-12] a slow reader of the log makes lines be dropped and counted', (t) => {
  const reader = new Reader();
  const output = outputTo(t, reader);
  reader.fault = 'EAGAIN';
  for (let n = 0; n < 15; n += 1) output.write(`${String(n).padStart(99, '.')}\n`);
  t.mock.timers.tick(FLUSH_INTERVAL_MS);
  assert.equal(reader.text, '');
  const { writes } = reader;
  output.write('more\n');
  assert.equal(reader.writes, writes, 'a reader that is behind gets a new write after a pause, not for each line');
  reader.fault = null;
  reader.bytes_max = 70;
  t.mock.timers.tick(10);
  t.mock.timers.tick(FLUSH_INTERVAL_MS);
  const lines = reader.text.split('\n');
  assert.deepEqual([lines[0]?.at(-1), lines[9]?.at(-1), lines.slice(10)], ['0', '9', ['dropped 6', '']]);
  output.write('after\n');
  output.flush();
  assert.match(reader.text, /dropped 6\nafter\n$/);
});

test('after the reader has ended, no line is buffered or written', (t) => {
  const reader = new Reader();
  const output = outputTo(t, reader);
  reader.fault = 'EPIPE';
  output.write('a\n');
  output.flush();
  reader.fault = null;
  for (let n = 0; n < 5; n += 1) output.write('b\n');
  output.flush();
  t.mock.timers.tick(10_000);
  assert.deepEqual([reader.text, reader.writes], ['', 1]);
});

test('a standard output that is closed from the start causes no error', () => {
  const open = () => {
    throw Object.assign(new Error('EBADF'), { code: 'EBADF' });
  };
  const output = new LogOutput({ open, droppedLine: String });
  output.write('a\n');
  output.flush();
});

test('on a full disk lines wait up to the bound; the log continues when there is space', (t) => {
  const reader = new Reader();
  const output = outputTo(t, reader);
  reader.fault = 'ENOSPC';
  output.write('a\n');
  output.flush();
  output.write('b\n');
  reader.fault = null;
  t.mock.timers.tick(1_000);
  assert.equal(reader.text, 'a\nb\n');
});

test('a target that calls back later gets one chunk at a time, in order', (t) => {
  const reader = new Reader();
  const waiting: (() => void)[] = [];
  const output = outputTo(t, {
    write: (bytes, done) => waiting.push(() => reader.write(bytes, done)),
    writeNow: (bytes) => reader.writeNow(bytes),
  });
  output.write('a\n');
  output.flush();
  output.write('b\n');
  output.flush();
  output.write('c\n');
  output.flush();
  assert.equal(waiting.length, 1);
  for (let next = waiting.shift(); next; next = waiting.shift()) next();
  assert.equal(reader.text, 'a\nb\nc\n');
});
