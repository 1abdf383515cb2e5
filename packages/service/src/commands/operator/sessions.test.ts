import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { OpenResult, SessionSummary } from '@pip-sessions/contract/v2';
import { startTestServer, type TestServer } from '../../../../../testing/http/test-server.ts';
import { onEveryStore } from '../../../../../testing/stores/stores.ts';
import type { Clock } from '../../domain/time/clock.ts';
import { type ApiKey, newApiKey, parseApiKey } from '../../http/authentication/api-keys.ts';
import { runCommand } from './fixtures/run-command.ts';

const admin = newApiKey('ops', 'admin');
const keys: readonly ApiKey[] = [parseApiKey(admin.configured)];
let server: TestServer;

before(async () => {
  server = await startTestServer({ keys });
});
after(() => server.stop());

interface Place {
  readonly args: readonly string[];
  readonly clock?: Clock;
}

commandsFor('a running service', () => ({ args: ['--url', server.url, '--key', admin.key], clock: server.clock }));

onEveryStore((stores) => {
  // Another process could not see a store in the memory of this one.
  if (stores.name === 'memory') return;
  before(async () => (await stores.empty()).close());
  commandsFor(`a store: ${stores.name}`, () => ({ args: ['--store', stores.url] }));
});

/** Declares the tests of all commands for sessions. `place` has the options that lead to them. */
function commandsFor(name: string, place: () => Place): void {
  suite(`commands for ${name}`, () => {
    function run(args: readonly string[], around: Parameters<typeof runCommand>[1] = {}) {
      const { args: more, ...clock } = place();
      return runCommand([...args, ...more], { ...clock, ...around });
    }

    async function opened(user: string, ...more: readonly string[]): Promise<OpenResult> {
      const { code, stdout, said } = await run(['open', user, '--json', ...more]);
      assert.equal(code, 0, said.join());
      return JSON.parse(stdout);
    }

    test('open prints the session and its token', async () => {
      const { code, stdout } = await run(['open', 'opened', '--client', 'Firefox', '--data', '{"a":[1]}']);
      assert.equal(code, 0);
      assert.match(stdout, /^user_id +opened$/m);
      assert.match(stdout, /^client +Firefox$/m);
      assert.match(stdout, /^data +\{"a":\[1\]\}$/m);
      assert.match(stdout, /^token +ps_[0-9a-f]{36}_[\w-]{43}$/m);
    });

    test('open passes on every option', async () => {
      const options = {
        ...{ 'user-name': 'Ann', address: '10.0.0.1', client: 'curl', 'idle-timeout': '600', 'expire-time': '30m' },
        ...{ user: '{"role":"x"}', data: 'null', 'auth-level': '2', 'actor-type': 'agent', 'actor-id': 'bot' },
        'actor-reason': 'test',
      };
      const args = Object.entries(options).flatMap(([option, value]) => [`--${option}`, value]);
      const { session } = await opened('full', ...args, '--auth-method', 'pwd', '--auth-method', 'otp');
      const { expire_time, ...rest } = session;
      assert.ok(expire_time);
      assert.partialDeepStrictEqual(rest, {
        ...{ user_name: 'Ann', address: '10.0.0.1', client: 'curl', idle_timeout: 600, user: { role: 'x' } },
        ...{ data: null, auth_level: 2, auth_methods: ['pwd', 'otp'] },
        actor: { type: 'agent', id: 'bot', reason: 'test' },
      });
    });

    test('list filters, and prints a table or a line of JSON for each session', async () => {
      const first = await opened('lister', '--client', 'one');
      const second = await opened('lister', '--client', 'two');
      const lines = await run(['list', '--user-id', 'lister', '--json']);
      const ids = lines.stdout.trimEnd().split('\n');
      assert.deepEqual(
        ids.map((line) => (JSON.parse(line) as SessionSummary).id).toSorted(),
        [first, second].map(({ session }) => session.id).toSorted(),
      );
      const one = await run(['list', '--user-id', 'lister', '--client', 'one']);
      assert.match(
        one.stdout,
        /^ID +USER +CLIENT +ADDRESS +OPENED +LAST ACTIVE +STATE\n\w+ +lister +one +- .* left\n$/,
      );
      const none = await run(['list', '--user-id', 'lister', '--ended', '--json']);
      assert.deepEqual(none, { code: 0, stdout: '', said: [] });
    });

    test('list prints at most --limit sessions, and says that there are more', async () => {
      for (const _ of [1, 2, 3]) await opened('many');
      const two = await run(['list', '--user-id', 'many', '--limit', '2', '--json']);
      assert.equal(two.stdout.match(/\n/g)?.length, 2);
      assert.deepEqual(two.said, ['There are more than 2 sessions: use --limit <n>, or --all.']);
      const all = await run(['user', 'sessions', 'many', '--all', '--json']);
      assert.equal(all.stdout.match(/\n/g)?.length, 3);
      assert.deepEqual(all.said, []);
    });

    test('show prints one session; an unknown id ends with 3', async () => {
      const { session } = await opened('shown');
      const shown = await run(['show', session.id, '--json']);
      assert.equal(JSON.parse(shown.stdout).user_id, 'shown');
      const unknown = await run(['show', 'f'.repeat(36)]);
      assert.deepEqual(unknown, { code: 3, stdout: '', said: ['There is no session with this id.'] });
      assert.equal((await run(['show', '..'])).code, name === 'a running service' ? 2 : 3);
    });

    test('validate reads a token from standard input; the exit code is the result', async () => {
      const { session, token } = await opened('validated');
      const valid = await run(['validate'], { input: `${token}\n` });
      assert.equal(valid.code, 0);
      assert.match(valid.stdout, /^user_id +validated$/m);
      await run(['close', session.id]);
      const ended = await run(['validate', token, '--json']);
      assert.deepEqual(ended, {
        code: 4,
        stdout: '{"active":false,"reason":"closed"}\n',
        said: ['The session of the token has ended: closed.'],
      });
      const unknown = await run(['validate', 'x']);
      assert.deepEqual([unknown.code, unknown.said], [3, ['The token belongs to no session.']]);
      assert.equal((await run(['validate'], { input: null })).code, 2);
    });

    test('validate does not count as activity unless --touch is given', async () => {
      const { token, session } = await opened('passive');
      const { stdout } = await run(['validate', token, '--json']);
      assert.equal(JSON.parse(stdout).session.request_time, session.request_time);
      assert.equal((await run(['validate', token, '--touch'])).code, 0);
    });

    test('close ends a session, delete removes it; each ends with 3 for an unknown id', async () => {
      const { session } = await opened('closed');
      const closed = await run(['close', session.id, '--reason', 'revoked', '--by', 'support', '--json']);
      assert.partialDeepStrictEqual(JSON.parse(closed.stdout), { close_reason: 'revoked', closed_by: 'support' });
      assert.equal((await run(['delete', session.id])).code, 0);
      for (const command of ['close', 'delete']) {
        const { code, stdout, said } = await run([command, session.id]);
        assert.deepEqual([code, stdout, said.length], [3, '', 1]);
      }
    });

    test('close-many closes nothing in a dry run, without --yes, or after another answer', async () => {
      for (const _ of [1, 2]) await opened('safe');
      const filter = ['close-many', '--user-id', 'safe'];
      const dry = await run([...filter, '--dry-run', '--yes', '--json']);
      assert.deepEqual(dry, { code: 0, stdout: '{"dry_run":true,"matching":2}\n', said: [] });
      const silent = await run([...filter, '--json']);
      const message = 'Nothing was changed. Add --yes to close 2 sessions without a question.';
      assert.deepEqual(silent, { code: 2, stdout: '', said: [message] });
      const wrong = await run(filter, { typed: '3' });
      assert.equal(wrong.code, 1);
      assert.match(wrong.stdout, /2 live sessions match\.\n$/);
      assert.deepEqual(wrong.said, [
        'This will close 2 sessions. Type 2 to go on: ',
        'Nothing was changed, because the answer was different.',
      ]);
      assert.equal((await run(['list', '--user-id', 'safe', '--active', '--json'])).stdout.match(/\n/g)?.length, 2);
    });

    test('close-many closes what matches after the number is typed, or with --yes', async () => {
      for (const user of ['typed', 'typed', 'yes']) await opened(user, '--client', 'old');
      const typed = await run(['close-many', '--user-id', 'typed', '--client', 'old'], { typed: '2\n' });
      assert.equal(typed.code, 0);
      assert.match(typed.stdout, /2 live sessions match\.\nClosed 2 sessions\.\n$/);
      const yes = await run(['close-many', '--user-id', 'yes', '--yes', '--json']);
      assert.deepEqual(yes, { code: 0, stdout: '{"closed":1}\n', said: [] });
      const none = await run(['close-many', '--user-id', 'yes', '--json']);
      assert.deepEqual(none, { code: 0, stdout: '{"closed":0}\n', said: [] });
    });

    test('close-many without a filter needs --all', async () => {
      const { code, said } = await run(['close-many', '--yes']);
      assert.deepEqual([code, said.length], [2, 1]);
      assert.match(String(said[0]), /Give a filter, such as --user-id, or --all/);
      assert.equal((await run(['close-many', '--all', '--user-id', 'x', '--yes'])).code, 2);
      assert.equal((await run(['close-many', '--all', '--dry-run'])).code, 0);
    });

    test('user sign-out closes all sessions of a user but --except', async () => {
      const [first] = [await opened('leaving'), await opened('leaving')];
      const out = await run(['user', 'sign-out', 'leaving', '--except', first.session.id]);
      assert.deepEqual(out, { code: 0, stdout: 'Closed 1 session.\n', said: [] });
      const rest = await run(['user', 'sessions', 'leaving', '--active', '--json']);
      assert.equal(JSON.parse(rest.stdout).id, first.session.id);
    });

    test('user export prints all of a user; user erase deletes it once the number is typed', async () => {
      for (const _ of [1, 2]) await opened('gone', '--data', '"secret"');
      const exported = await run(['user', 'export', 'gone']);
      assert.equal(exported.stdout.match(/"data":"secret"/g)?.length, 2);
      assert.equal((await run(['user', 'erase', 'gone'])).code, 2);
      const erased = await run(['user', 'erase', 'gone', '--json'], { typed: '2' });
      assert.equal(erased.code, 0, erased.said.join());
      assert.partialDeepStrictEqual(JSON.parse(erased.stdout), { erased: 2, closed: 2 });
      assert.equal((await run(['user', 'export', 'gone'])).code, 3);
      assert.match((await run(['user', 'erase', 'gone'])).stdout, /^Deleted 0 sessions/);
    });

    test('stats prints the figures', async () => {
      await opened('counted');
      const { code, stdout } = await run(['stats']);
      assert.equal(code, 0);
      assert.match(stdout, /^live sessions +[1-9]\d*$/m);
      assert.match(stdout, /^HOUR \(UTC\) +OPENED +CLOSED +REVOKED/m);
      assert.ok(JSON.parse((await run(['stats', '--json'])).stdout).live > 0);
    });

    test('a value that the service rejects ends with 2 and one line', async () => {
      const { code, stdout, said } = await run(['open', 'x', '--idle-timeout', '1', '--expire-time', '2000-01-01']);
      assert.deepEqual([code, stdout, said.length], [2, '', 1]);
      assert.match(String(said[0]), /expire_time/);
    });
  });
}

test('key list at a service shows the last use of each key', async () => {
  const around = { env: { SESSIONS_URL: server.url, SESSIONS_KEY: admin.key }, clock: server.clock };
  const { code, stdout, said } = await runCommand(['key', 'list'], around);
  assert.equal(code, 0, said.join());
  assert.match(stdout, /^NAME +SCOPE +EXPIRES +LAST USED +USES\nops +admin +- +0 s ago +\d+\n$/);
  assert.match(said.join(), /^Uses at this node since 2026-01-01T/);
  const { stdout: line } = await runCommand(['key', 'list', '--json', '--url', server.url], around);
  assert.partialDeepStrictEqual(JSON.parse(line), { name: 'ops', expires: null, since: '2026-01-01T00:00:00.000Z' });
  const both = await runCommand(['key', 'list', '--url', server.url, '--config', 'x.yml']);
  assert.deepEqual([both.code, both.said], [2, ['Use either --url and --key, or --config.']]);
});
