import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import type { ListedSession } from '../sessions/listed-session.ts';
import { commandLine, curlLine, quoted } from './lines.ts';
import { manyLines } from './many-lines.ts';
import { deleteLines, listLines, revealLines, tailLines } from './session-lines.ts';
import { userLines } from './user-lines.ts';

const OPEN = { origin: 'http://127.0.0.1:8080', needsKey: false };
const KEYED = { origin: 'https://sessions.example', needsKey: true };

test('a curl line has the method, the address, the key and the body', () => {
  assert.equal(
    curlLine(KEYED, { method: 'POST', path: '/v2/sessions/a/close', body: { by: "it's" } }),
    `curl -X POST https://sessions.example/v2/sessions/a/close -H "authorization: Bearer $SESSIONS_KEY" ` +
      `-H 'content-type: application/json' -d '{"by":"it'\\''s"}'`,
  );
  const query = new URLSearchParams({ user_id: 'a b' });
  assert.equal(
    curlLine(OPEN, { method: 'GET', path: '/v2/sessions', query }),
    "curl 'http://127.0.0.1:8080/v2/sessions?user_id=a+b'",
  );
});

test('a command line has the options that are given', () => {
  assert.equal(
    commandLine(OPEN, ['close', 'a'], { reason: 'revoked', by: undefined, dry_run: true }),
    'pip-sessions close a --reason revoked --dry-run --url http://127.0.0.1:8080',
  );
});

test('a shell reads every word as it is', () => {
  const words = ["it's", '$HOME', '`id`', 'a b', '"', '\\', '*', '', '-x', 'é', 'a\nb', '!!', '#'];
  const line = ['printf', "'%s\\0'", ...words.map(quoted)].join(' ');
  const read = execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' });
  assert.deepEqual(read.split('\0').slice(0, -1), words);
});

const filter = { user_id: 'ann', active: true };
const options = { reason: 'revoked', by: undefined } as const;

test('the command of a bulk end has the same filter', () => {
  const { curl, command } = manyLines(OPEN, { kind: 'filter', filter, except: [], count: 3 }, options);
  assert.equal(command, 'pip-sessions close-many --user-id ann --reason revoked --url http://127.0.0.1:8080');
  assert.match(curl, /-d '\{"filter":\{"user_id":"ann","active":true\},"reason":"revoked"\}'$/);
  const all = manyLines(OPEN, { kind: 'filter', filter: { active: true }, except: [], count: 3 }, options);
  assert.match(all.command ?? '', /close-many --all /);
});

test('the command that leaves sessions open is the one for a user', () => {
  const target = { kind: 'filter', except: ['s1'], count: 3 } as const;
  const { curl, command } = manyLines(OPEN, { ...target, filter }, options);
  assert.match(command ?? '', /^pip-sessions user sign-out ann --except s1 /);
  assert.match(curl, /"except":\["s1"\]/);
  assert.equal(manyLines(OPEN, { ...target, filter: { address: '::1', active: true } }, options).command, null);
});

test('the commands of a selection name each session', () => {
  const sessions = Array.from({ length: 22 }, (_, index) => ({ id: `s${index}` }) as ListedSession);
  const lines = (manyLines(OPEN, { kind: 'selected', sessions }, options).command ?? '').split('\n');
  assert.equal(lines.length, 21);
  assert.match(lines[0] ?? '', /^pip-sessions close s0 /);
  assert.equal(lines.at(-1), '# and 2 more');
});

test('what is shown has lines too: a list, values, changes, the export of a user', () => {
  const { curl, command } = listLines(OPEN, { user_id: 'ann', active: false, address: '10.0.0.0/8' });
  assert.equal(curl, "curl 'http://127.0.0.1:8080/v2/sessions?active=false&user_id=ann&address=10.0.0.0%2F8'");
  assert.equal(command, 'pip-sessions list --ended --user-id ann --address 10.0.0.0/8 --url http://127.0.0.1:8080');
  assert.match(listLines(OPEN, {}).curl, /v2\/sessions$/);
  assert.match(revealLines(OPEN, 'a').command ?? '', /^pip-sessions show a --json /);
  assert.match(deleteLines(OPEN, 'a').curl, /^curl -X DELETE .*\/v2\/sessions\/a$/);
  assert.match(tailLines(OPEN, 'ended').curl, /^curl -N .*\/v2\/changes$/);
  assert.match(tailLines(OPEN, 'ended').command ?? '', /^pip-sessions tail --kind ended /);
  assert.match(userLines(OPEN, 'export', 'ann').command ?? '', /^pip-sessions user export ann /);
});
