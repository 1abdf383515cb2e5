import assert from 'node:assert/strict';
import { createSessionsClient } from '@pip-sessions/client';
import { SESSIONS_SETTINGS } from '../../packages/service/src/domain/settings.ts';
import type { ManualClock } from '../../packages/service/src/domain/time/clock.ts';

/** The secrets that were returned or sent while a script ran. No store or log may contain them. */
export interface Script {
  readonly secrets: ReadonlySet<string>;
  /** Ids of the sessions. A dump must contain them, or it shows nothing. */
  readonly ids: ReadonlySet<string>;
}

const TIMEOUT_MS = 120_000;
const JSON_HEADERS = { 'content-type': 'application/json' };

/** Sends every kind of request with right and wrong tokens and keys to a live service, and records them. */
export async function useSecrets(url: string, clock: ManualClock): Promise<Script> {
  const secrets = new Set<string>();
  const ids = new Set<string>();
  const note = (token: string): string => {
    secrets.add(token).add(token.slice(-43));
    ids.add(token.slice(3, -44));
    return token;
  };
  const send = (path: string, init: RequestInit = {}) => fetch(url + path, init);
  const sessions = createSessionsClient({
    url,
    timeout_ms: TIMEOUT_MS,
    fetch: (address, init) => {
      const key = new Headers(init.headers).get('idempotency-key');
      if (key !== null) secrets.add(key);
      return fetch(address, init);
    },
  });

  for (let n = 0; n < 3; n += 1) {
    const idempotency_key = `known-to-the-caller-of-${n}-alone`;
    const request = { user_id: `u${n}`, data: { n }, auth_methods: ['pwd'] };
    const opened = [
      // With a key of the client, with a key of the caller, with the same key again, and without a key.
      await sessions.open(request),
      await sessions.open(request, { idempotency_key }),
      await sessions.open(request, { idempotency_key }),
      await send('/v2/sessions', { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(request) }).then(
        (response) => response.json() as ReturnType<typeof sessions.open>,
      ),
    ];
    for (const { token } of opened) {
      let current = note(token);
      for (let rotations = 0; rotations < 3; rotations += 1) {
        clock.advance(1000);
        current = note((await sessions.rotate({ token: current, auth_level: rotations })).token);
        assert.equal((await sessions.validate(current)).active, true);
      }
      await sendWrong(send, current);
    }
    const [first, second] = opened;
    clock.advance(SESSIONS_SETTINGS.rotation_grace_ms);
    // A token that was rotated long ago, an unknown one, and one of an ended session.
    await sessions.validate(first?.token ?? '');
    await sessions.validate(`ps_${'0'.repeat(36)}_${second?.token.slice(-43)}`);
    await sessions.close(second?.session.id ?? '');
    await sessions.rotate({ token: second?.token ?? '' }).catch(() => {});
  }
  return { secrets, ids };
}

/** Sends a token in places where it does not belong. */
async function sendWrong(send: (path: string, init?: RequestInit) => Promise<Response>, token: string): Promise<void> {
  const post = (body: string) => ({ method: 'POST', headers: JSON_HEADERS, body });
  const put = { method: 'PUT', headers: { ...JSON_HEADERS, 'if-match': token }, body: '1' };
  const replies = [
    await send(`/v2/sessions/${token}`),
    await send(`/v2/sessions/${token}/touch`, { method: 'POST' }),
    await send(`/v2/sessions?cursor=${token}`),
    await send(`/v2/sessions?token=${token}`),
    await send('/v2/sessions/validate', post(token)),
    await send('/v2/sessions/validate', post(JSON.stringify({ token: [token] }))),
    await send('/v2/sessions/rotate', post(JSON.stringify({ token, auth_level: token }))),
    await send('/v2/sessions/nobody/data', put),
    await send('/v2/sessions/validate', post(JSON.stringify({ [token]: 1 }))),
    await send(`/v2/tokens/${token}`),
    await send(`/v2/sessions/validate/${token}`),
    await send(`/v1/sessions/${token}`),
    await send(`/${token}`),
    await send(`/v2/sessions/${token}`, { method: 'OPTIONS' }),
  ];
  for (const reply of replies) assert.ok(reply.status >= 400 && reply.status < 500);
  await send('/v1/sessions/get_session_by_id', post(JSON.stringify({ session_id: token })));
}

/** The forms in which a secret may be stored: as text, and its bytes in hex and base64. */
export function formsOf(secret: string): ReadonlySet<string> {
  const bytes = [Buffer.from(secret), ...(/^[\w-]{43}$/.test(secret) ? [Buffer.from(secret, 'base64url')] : [])];
  const encoded = bytes.flatMap((buffer) => [
    buffer.toString('latin1'),
    buffer.toString('hex'),
    buffer.toString('hex').toUpperCase(),
    buffer.toString('base64').replaceAll('=', ''),
    buffer.toString('base64url'),
  ]);
  return new Set([secret, ...encoded]);
}
