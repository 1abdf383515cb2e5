/**
 * node:sqlite against better-sqlite3, on the store's own statements: `npm ci`, then with the Node to measure
 * `node measure.js`. Prints microseconds an operation; the medians of three runs are in docs/decisions.md.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import Database from 'better-sqlite3';

const COLUMNS =
  'id, user_id, user_name, address, client, opened, requested, idle, expires, due, closed, reason, revision, user, data';
const SCHEMA = `CREATE TABLE s (rowid INTEGER PRIMARY KEY, ${COLUMNS.replace('id,', 'id TEXT NOT NULL UNIQUE,')});
  CREATE INDEX of_user ON s (user_id, requested DESC, id);
  CREATE INDEX by_time ON s (requested DESC, id);
  CREATE INDEX by_due ON s (due) WHERE closed IS NULL;`;
const SETTINGS =
  'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA mmap_size = 1073741824;';
const SESSIONS = 1024;
const READS = 100_000;

const folder = mkdtempSync(join(tmpdir(), 'sqlite-drivers-'));
try {
  for (let round = 0; round < 3; round += 1) {
    measure('node:sqlite', new DatabaseSync(join(folder, `node-${round}.db`)), (statement) =>
      statement.setReturnArrays(true),
    );
    measure('better-sqlite3', new Database(join(folder, `better-${round}.db`)), (statement) => statement.raw());
  }
} finally {
  rmSync(folder, { recursive: true });
}

function measure(driver, db, asArrays) {
  db.exec(SETTINGS);
  db.exec(SCHEMA);
  const insert = db.prepare(`INSERT INTO s (${COLUMNS}) VALUES (${COLUMNS.replace(/\w+/g, '?')})`);
  const ids = Array.from({ length: 3 * SESSIONS }, () => randomBytes(18).toString('hex'));
  const row = (id) => [
    id,
    'user-1',
    'User',
    '127.0.0.1',
    'bench',
    1,
    1,
    864e5,
    null,
    2,
    null,
    null,
    1,
    '{"a":1}',
    '[1,2,3]',
  ];
  const report = (what, us) => console.log(`${driver.padEnd(15)} ${what.padEnd(28)} ${us.toFixed(1)} µs`);

  let next = 0;
  for (const batch of [1, 64]) {
    report(
      `insert, ${batch} a commit`,
      time(SESSIONS, () => {
        if (next % batch === 0) db.exec('BEGIN IMMEDIATE');
        insert.run(...row(ids[next]));
        next += 1;
        if (next % batch === 0) db.exec('COMMIT');
      }),
    );
  }
  const select = db.prepare(`SELECT ${COLUMNS} FROM s WHERE id = ?`);
  const read = (index) => select.get(ids[(index * 7919) % next]);
  report('read, rows as objects', time(READS, read));
  asArrays(select);
  report('read, rows as arrays', time(READS, read));
  db.exec('BEGIN');
  report('read, within a transaction', time(READS, read));
  db.exec('COMMIT');
  db.close();
}

function time(count, work) {
  const start = performance.now();
  for (let index = 0; index < count; index += 1) work(index);
  return ((performance.now() - start) * 1000) / count;
}
