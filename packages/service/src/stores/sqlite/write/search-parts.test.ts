import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { migrate } from '../schema.ts';
import { PART_SESSIONS, SearchParts } from './search-parts.ts';

const HOUR_MS = 3_600_000;

function empty() {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const insert = db.prepare(`INSERT INTO sessions (id, user_id, open_time, request_time, active_until, idle_timeout_ms,
    deadline, revision, auth_time, client_key, search_part) VALUES (?, 'u', ?, 0, 0, 0, 0, 1, 0, 7, ?)`);
  let n = 0;
  return { db, add: (open_time: number, part: number) => insert.run(String(n++), open_time, part) };
}

test('sqlite: a search finds sessions in order, whatever the order of their import', () => {
  const step = fc.record({ time: fc.nat({ max: 5 * HOUR_MS }), repeated: fc.constantFrom(1, 1, PART_SESSIONS + 1) });
  const property = fc.property(fc.array(step, { maxLength: 12 }), fc.nat({ max: 12 }), (steps, restartAt) => {
    const { db, add } = empty();
    let parts = new SearchParts(db);
    const all: { time: number; part: number }[] = [];
    for (const [at, { time, repeated }] of steps.entries()) {
      if (at === restartAt) parts = new SearchParts(db);
      for (let n = 0; n < repeated; n += 1) {
        const part = parts.partOf(time + n);
        if (n % 500 === 0 || n === repeated - 1) {
          add(time + n, part);
          all.push({ time: time + n, part });
        }
      }
    }
    const sorted = all.toSorted((a, b) => a.part - b.part || a.time - b.time);
    assert.deepEqual(
      sorted.map(({ time }) => time),
      all.map(({ time }) => time).toSorted((a, b) => a - b),
    );
    assert.ok(all.every(({ time, part }) => part <= time && time - part < 2 * HOUR_MS));
  });
  fc.assert(property, { numRuns: 100 });
});

test('sqlite: sessions opened one after the other are in parts of the same size', () => {
  const parts = new SearchParts(empty().db);
  const found = Array.from({ length: 3 * PART_SESSIONS }, (_, n) => parts.partOf(n + 1));
  assert.deepEqual([...new Set(found)], [1, PART_SESSIONS + 1, 2 * PART_SESSIONS + 1]);
});
