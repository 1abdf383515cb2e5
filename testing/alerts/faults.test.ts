import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FAULTS } from './faults.ts';
import { alertNames, shortenedRules } from './shortened-rules.ts';

test('every alert is caused by a real fault in npm run test:alerts', () => {
  const caused = new Set(FAULTS.flatMap(({ causes }) => causes));
  assert.deepEqual([...caused].sort(), [...alertNames()].sort());
});

test('docs/alerts.md says what to do for every alert', () => {
  const page = readFileSync(new URL('../../docs/alerts.md', import.meta.url), 'utf8');
  const described = [...page.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
  assert.deepEqual(described, alertNames());
});

test('the alerts of npm run test:alerts wait for seconds instead of minutes', () => {
  const durations = [...shortenedRules().matchAll(/for: (\S+)|\[(\w+)\]/g)].map(([, wait, window]) => wait ?? window);
  assert.deepEqual(new Set(durations), new Set(['1s', '2s', '5s', '10s', '30s', '1m']));
});
