import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { startTestServer } from '../../../../../testing/http/test-server.ts';
import { auditCommand } from '../../commands/audit.ts';
import { ManualClock } from '../../domain/time/clock.ts';
import { newApiKey, parseApiKey } from '../../http/authentication/api-keys.ts';
import { AuditLog } from './audit-log.ts';
import { openAudit } from './open-audit.ts';
import { verifyAudit } from './verify.ts';

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-audit-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;
const newPath = () => join(folder, `${files++}.log`);
const options = { write: () => {}, onFault: (error: unknown) => assert.fail(String(error)) };
const open = (path: string) => openAudit(`file:${path}`, new ManualClock(), options);
const linesIn = (path: string) => readFileSync(path, 'utf8').split('\n').filter(Boolean);

async function* each(lines: readonly string[]) {
  yield* lines;
}

/** The lines of a service that was started three times. */
function written(lines: number): string[] {
  const path = newPath();
  for (let start = 0; start < 3; start += 1) {
    const audit = open(path);
    for (let n = 0; n < lines / 3; n += 1) audit.write('session_closed', { session: `s${start}-${n}` });
    audit.close();
  }
  return linesIn(path);
}

test('an unchanged audit log is complete', async () => {
  const { faults, lines, chains } = await verifyAudit(each(written(30)));
  assert.deepEqual([faults, lines, chains], [[], 30, 3]);
});

test('[ASVS-16.4.2] any changed, removed, moved or added line before the end is found', async () => {
  const lines = written(12);
  const at = fc.nat({ max: lines.length - 2 });
  const kind = fc.constantFrom('change', 'remove', 'swap', 'repeat', 'forge');
  const property = fc.asyncProperty(at, kind, async (n, how) => {
    const changed = [...lines];
    const line = lines[n] ?? '';
    if (how === 'change') changed[n] = line.replace('"session":"s', '"session":"t');
    if (how === 'remove') changed.splice(n, 1);
    if (how === 'swap') changed.splice(n, 2, lines[n + 1] ?? '', line);
    if (how === 'repeat') changed.splice(n, 0, line);
    if (how === 'forge') changed.splice(n, 0, JSON.stringify({ event: 'session_closed', session: 'x' }));
    const { faults_total } = await verifyAudit(each(changed));
    // The first line may be missing because earlier files were not given.
    const isFound = faults_total > 0 || (how === 'remove' && n === 0);
    assert.ok(isFound, `${how} of line ${n}`);
  });
  await fc.assert(property);
});

test('a rotated file is continued by the next one', async () => {
  const path = newPath();
  const audit = open(path);
  audit.write('session_closed', { session: 'a' });
  audit.close();
  renameSync(path, `${path}.1`);
  audit.write('session_closed', { session: 'b' });
  audit.close();
  assert.equal((await verifyAudit(each([...linesIn(`${path}.1`), ...linesIn(path)]))).faults_total, 0);
  const { text, code } = await auditCommand(['verify', `${path}.1`, path]);
  assert.deepEqual([text, code], ['2 lines of 1 processes: complete\n', 0]);
  assert.equal((await auditCommand(['verify', path, `${path}.1`])).code, 1);
  assert.equal((await auditCommand(['verify'])).code, 2);
});

test('[ASVS-16.5.4] audited requests are rejected while a line cannot be written', () => {
  let isFull = false;
  const lines: string[] = [];
  const faults: unknown[] = [];
  const append = (line: string) => {
    if (isFull) throw new Error('no space left on device');
    lines.push(line);
  };
  const audit = new AuditLog({ lastHash: () => '', append, close: () => {} }, new ManualClock(), (error) =>
    faults.push(error),
  );
  isFull = true;
  audit.assertWritable();
  audit.write('session_deleted', { session: 'a' });
  assert.throws(() => audit.assertWritable(), { code: 'STORE_UNAVAILABLE' });
  for (let n = 0; n < 2_000; n += 1) audit.write('authentication_failed', {});
  isFull = false;
  audit.assertWritable();
  audit.write('session_deleted', { session: 'b' });
  assert.equal(lines.length, 1_001);
  assert.equal(JSON.parse(lines.at(-1) ?? '').dropped, 1_001);
  assert.ok(faults.length > 0);
});

test('ends, deletions, exports and actors are audited, without user_id and token', async (t) => {
  const path = newPath();
  const audit = open(path);
  const { key, configured } = newApiKey('support', 'admin');
  const { url, stop } = await startTestServer({ keys: [parseApiKey(configured)], audit });
  t.after(stop);
  const send = async (line: string, body?: object) => {
    const [method = '', at = ''] = line.split(' ');
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', correlation_id: 'c1' };
    const response = await fetch(url + at, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    return (await response.text()) as string;
  };
  const opened = async (more: object = {}) =>
    JSON.parse(await send('POST /v2/sessions', { user_id: 'secret-user', ...more }));
  await opened({ actor: { type: 'user', id: 'ann', reason: 'ticket' } });
  const first = await opened();
  await send(`POST /v2/sessions/${first.session.id}/close`, { by: 'ann' });
  await send(`DELETE /v2/sessions/${first.session.id}`);
  await send('POST /v2/sessions/close', { filter: { user_id: 'secret-user' }, dry_run: true });
  await send('POST /v2/sessions/close', { filter: { user_id: 'secret-user' } });
  await send('POST /v1/sessions/close_session', { session_id: (await opened()).session.id });
  await send('POST /v2/sessions/own/close', { token: (await opened()).token, others: true });
  await send('POST /v2/users/export', { user_id: 'secret-user' });
  await send('POST /v2/users/erase', { user_id: 'secret-user' });
  await fetch(`${url}/v2/stats`, { headers: { authorization: 'Bearer psk_wrong' } });
  const text = readFileSync(path, 'utf8');
  const lines = linesIn(path).map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ event, caller }) => [event, caller]),
    [
      ['actor_session_opened', 'support'],
      ['session_closed', 'support'],
      ['session_deleted', 'support'],
      ['sessions_closed', 'support'],
      ['session_closed', 'support'],
      ['sessions_closed', 'support'],
      ['user_exported', 'support'],
      ['user_erased', 'support'],
      ['authentication_failed', undefined],
    ],
  );
  assert.partialDeepStrictEqual(lines[0], {
    actor: { id: 'ann', reason: 'ticket' },
    address: '127.0.0.1',
    correlation_id: 'c1',
  });
  assert.partialDeepStrictEqual(lines[1], { closed_by: 'ann', reason: 'closed' });
  for (const secret of ['secret-user', first.token, first.session.id, key]) assert.ok(!text.includes(secret));
  assert.equal((await verifyAudit(each(linesIn(path)))).faults_total, 0);
});

test('a file that cannot be opened is an error, and other users cannot read the log', () => {
  const path = newPath();
  writeFileSync(path, '');
  chmodSync(path, 0o644);
  open(path).close();
  assert.throws(() => open(join(folder, 'none', 'x.log')));
});
