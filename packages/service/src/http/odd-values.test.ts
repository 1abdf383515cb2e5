import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startTestServer } from '../../../../testing/http/test-server.ts';
import { onEveryStore } from '../../../../testing/stores/stores.ts';
import { COMMANDS } from '../api/v1/commands.ts';
import { ROUTES } from '../api/v2/routes.ts';

/** A bad value is an error of the caller, or matches nothing. It must never be reported as a fault of a store. */

const DIGITS = ['9'.repeat(16), '9'.repeat(19), `-${'9'.repeat(19)}`, '9'.repeat(400)];
const NUMBERS = ['1e21', '1e308', '-1e308', '1e400', '-1e400', '0.5', '9007199254740993'];
const TEXTS = ['', 'a\0b', 'a\ud800', '\udc00', '\u{10ffff}', "'; --", '%', '\\', 'x'.repeat(5_000)];
const TIMES = [
  '+275760-09-13T00:00:00.000Z',
  '-271821-04-20T00:00:00.000Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
];

const STRINGS = [...DIGITS, ...TEXTS, ...TIMES];
/** JSON texts. */
const VALUES = [...STRINGS.map((text) => JSON.stringify(text)), ...NUMBERS, 'true', 'null'];

interface Line {
  readonly line: string;
  readonly body?: string;
}

onEveryStore((stores) => {
  async function serve(t: TestContext) {
    const server = await startTestServer({ store: await stores.empty() });
    t.after(server.stop);
    const send = async ({ line, body }: Line) => {
      const [method = '', path = ''] = line.split(' ');
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(server.url + path, { method, headers, ...(body !== undefined && { body }) });
      return { status: response.status, text: await response.text() };
    };
    /** The requests that the service reports as its own faults. */
    const failing = async (lines: readonly Line[]) => {
      const failed: string[] = [];
      const left = lines.values();
      const sendLeft = async () => {
        for (const each of left) {
          const { status, text } = await send(each);
          if (status >= 500) failed.push(`${each.line} ${each.body?.slice(0, 100)}: ${text}`);
        }
      };
      await Promise.all(Array.from({ length: 16 }, sendLeft));
      return failed;
    };
    const list = async (filter: string) => {
      const body = `{"filter":${filter},"paging":{"total":true}}`;
      return JSON.parse((await send({ line: 'POST /v1/sessions/get_sessions', body })).text);
    };
    return { ...server, failing, list };
  }

  test(`[B-02] ${stores.name}: no value in a request of API v1 is a store error`, async (t) => {
    const { failing } = await serve(t);
    const lines: Line[] = [];
    for (const value of VALUES) {
      for (const key of ['id', 'user_id', 'active', 'from_time', 'to_time']) {
        const body = `{"filter":{"${key}":${value}},"paging":{"total":true}}`;
        lines.push({ line: 'POST /v1/sessions/get_sessions', body });
      }
      for (const { name } of COMMANDS) {
        const body = `{"session_id":${value},"user_id":${value},"user_name":${value},"user":${value},"data":${value}}`;
        lines.push({ line: `POST /v1/sessions/${name}`, body });
      }
    }
    for (const value of NUMBERS) {
      for (const filter of ['{}', '{"user_id":"u"}']) {
        const body = `{"filter":${filter},"paging":{"skip":${value},"take":${value},"total":true}}`;
        lines.push({ line: 'POST /v1/sessions/get_sessions', body });
      }
    }
    assert.deepEqual(await failing(lines), []);
  });

  test(`[B-02] ${stores.name}: no value in a request of API v2 is a store error`, async (t) => {
    const { failing } = await serve(t);
    const lines: Line[] = [];
    const cursors = [...TEXTS, ...DIGITS].flatMap((id) =>
      ['1', '9007199254740991', '9'.repeat(16)].map((time) => Buffer.from(`${time}.${id}`).toString('base64url')),
    );
    for (const text of [...STRINGS, ...cursors]) {
      const value = encodeURIComponent(text.toWellFormed());
      for (const name of ['user_id', 'client', 'address', 'from_time', 'to_time', 'limit', 'cursor']) {
        if (name === 'cursor' || !cursors.includes(text)) {
          lines.push({ line: `GET /v2/sessions?${name}=${value}&total=true` });
        }
      }
    }
    for (const text of STRINGS) {
      const token = JSON.stringify(`ps_${text}_${'A'.repeat(43)}`);
      for (const { method, path } of ROUTES) {
        const line = `${method} ${path.replace('{id}', encodeURIComponent(text.toWellFormed()))}`;
        lines.push(method === 'GET' ? { line } : { line, body: `{"token":${token}}` });
      }
    }
    for (const value of VALUES) {
      lines.push({ line: 'POST /v2/sessions/close', body: `{"filter":{"user_id":${value}},"except":[${value}]}` });
      lines.push({ line: 'POST /v2/sessions/close', body: `{"filter":{"from_time":${value}},"limit":1}` });
      for (const member of ['idle_timeout', 'expire_time', 'auth_time', 'client', 'data']) {
        lines.push({ line: 'POST /v2/sessions', body: `{"user_id":"u","${member}":${value}}` });
      }
    }
    assert.deepEqual(await failing(lines), []);
  });

  test(`[B-02] ${stores.name}: a filter that no session can match returns an empty list`, async (t) => {
    const { sessions, list } = await serve(t);
    // Half of a surrogate pair in UTF-8.
    await sessions.open({ user_id: 'a\ufffd' });
    for (const key of ['id', 'user_id']) {
      for (const value of ['a\ud800', 'a\0', 'x'.repeat(4_096), 'x'.repeat(20_000)]) {
        assert.deepEqual((await list(JSON.stringify({ [key]: value }))).data, [], `${key} ${value.slice(0, 20)}`);
      }
    }
  });

  test(`${stores.name}: filter times out of range are before or after every session`, async (t) => {
    const { sessions, list } = await serve(t);
    await sessions.open({ user_id: 'u' });
    for (const far of DIGITS.filter((text) => !text.startsWith('-'))) {
      assert.equal((await list(`{"from_time":"${far}"}`)).total, 0, far);
      assert.equal((await list(`{"to_time":"${far}"}`)).total, 1, far);
      assert.equal((await list(`{"from_time":"-${far}"}`)).total, 1, far);
      assert.equal((await list(`{"to_time":"-${far}"}`)).total, 0, far);
    }
  });
});
