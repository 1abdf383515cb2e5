/**
 * pg against postgres, on the store's own kind of statements: `npm ci`, then with the Node to measure
 * `node measure.js postgres://postgres@127.0.0.1:5432/test`, where it makes a table of its own and drops it. The drivers
 * take turns, slice by slice; prints the medians, in sessions a second.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import postgres from 'postgres';

const SESSIONS = 10_000;
const BATCH = 64;
const CALLERS = 64;
const ROUNDS = 9;
const SLICE_MS = 300;
const COLUMNS = ['id', 'user_id', 'user_name', 'open_time', 'request_time', 'revision', 'data'];
const TYPES = ['text', 'text', 'text', 'bigint', 'bigint', 'bigint', 'text'];

const FIND = `SELECT ${COLUMNS} FROM driver_test WHERE id = ANY($1::text[])`;
const FIND_ONE = `SELECT ${COLUMNS} FROM driver_test WHERE id = $1`;
const ROWS = `unnest(${TYPES.map((type, index) => `$${index + 1}::${type}[]`)})`;
const INSERT = `INSERT INTO driver_test (${COLUMNS}) SELECT * FROM ${ROWS}`;

const [url] = process.argv.slice(2);
if (!url) throw new Error('Give the URL of a database.');
const client = new pg.Client({ connectionString: url, pipeline: true });
await client.connect();
const sql = postgres(url, { max: 1, types: { bigint: postgres.BigInt } });
await client.query(
  `CREATE TABLE driver_test (${COLUMNS.map((name, index) => `${name} ${TYPES[index]}`)}, PRIMARY KEY (id))`,
);
try {
  await measure();
} finally {
  await client.query('DROP TABLE driver_test');
  await Promise.all([client.end(), sql.end()]);
}

async function measure() {
  const drivers = {
    pg: (text, values) => client.query({ name: text.slice(-60), text, values, rowMode: 'array' }),
    postgres: (text, values) => sql.unsafe(text, values, { prepare: true }).values(),
  };
  const ids = newIds(SESSIONS);
  await client.query(INSERT, columnsOf(ids));
  await client.query('ANALYZE driver_test');
  const some = () => Array.from({ length: BATCH }, (_, n) => ids[(n * 7919 + next++) % SESSIONS]);
  let next = 0;
  const work = {
    [`find, ${BATCH} a statement, two under way`]: [2, BATCH, (send) => send(FIND, [some()])],
    [`find, one a statement, ${CALLERS} under way`]: [CALLERS, 1, (send) => send(FIND_ONE, [ids[next++ % SESSIONS]])],
    [`insert, ${BATCH} a statement, two under way`]: [2, BATCH, (send) => send(INSERT, columnsOf(newIds(BATCH)))],
  };
  for (const [what, [callers, sessions, one]] of Object.entries(work)) {
    const rates = { pg: [], postgres: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, send] of Object.entries(drivers)) {
        rates[name].push(sessions * (await rate(callers, () => one(send))));
      }
    }
    for (const [name, all] of Object.entries(rates)) {
      console.log(`${name.padEnd(10)} ${what.padEnd(40)} ${Math.round(median(all))}/s`);
    }
  }
}

async function rate(callers, one) {
  const start = performance.now();
  let done = 0;
  const call = async () => {
    for (; performance.now() - start < SLICE_MS; done += 1) await one();
  };
  await Promise.all(Array.from({ length: callers }, call));
  return (done * 1000) / (performance.now() - start);
}

function newIds(count) {
  return Array.from({ length: count }, () => randomBytes(18).toString('hex'));
}

function columnsOf(ids) {
  const values = ['user-1', 'User', 1_767_225_600_000, 1_767_225_600_000, 1, '{"cart":[1,2,3]}'];
  return [ids, ...values.map((value) => ids.map(() => String(value)))];
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
