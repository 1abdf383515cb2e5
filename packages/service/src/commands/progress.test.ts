import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Progress } from './progress.ts';

function shown({ isTerminal, total = 1_000 }: { readonly isTerminal: boolean; readonly total?: number | null }) {
  const lines: string[] = [];
  let now = 0;
  const progress = new Progress({ total, isTerminal, now: () => now, write: (text) => void lines.push(text) });
  const at = (time: number, done: number) => {
    now = time;
    progress.show(done, done, `imported ${done} sessions`);
  };
  return { lines, at, progress };
}

test('elsewhere than on a terminal, the progress is one line each ten seconds', () => {
  const { lines, at } = shown({ isTerminal: false });
  for (let time = 0; time <= 25_000; time += 100) at(time, time / 100);
  assert.deepEqual(lines, [
    'pip-sessions: imported 100 sessions, 10/s, 10 %, about 1 m left\n',
    'pip-sessions: imported 200 sessions, 10/s, 20 %, about 1 m left\n',
  ]);
});

test('on a terminal the progress is a bar, which is removed before a message', () => {
  const { lines, at, progress } = shown({ isTerminal: true });
  for (const time of [100, 200, 250, 400]) at(time, time);
  progress.clear();
  progress.clear();
  assert.deepEqual(lines, [
    '\r\u001b[2K[####                ] imported 200 sessions, 1000/s, 20 %, about 0 s left',
    '\r\u001b[2K[########            ] imported 400 sessions, 1000/s, 40 %, about 0 s left',
    '\r\u001b[2K',
  ]);
});

test('without a known total, the progress has the rate only', () => {
  const { lines, at } = shown({ isTerminal: false, total: null });
  at(10_000, 50);
  assert.deepEqual(lines, ['pip-sessions: imported 50 sessions, 5/s\n']);
});
