import assert from 'node:assert/strict';
import type { CloseReason } from '@pip-sessions/client';
import { DAY_MS, fromNow, HOUR_MS, idsOf, isProblem, SECOND_MS } from './expectations.ts';
import type { UseCase } from './world.ts';

/** Sessions from open to end. */
export const LIFECYCLE_CASES: readonly UseCase[] = [
  {
    name: 'open returns all given properties and a valid token',
    run: async (world) => {
      const { sessions } = world;
      const request = {
        user_id: 'Zoë "1"\\',
        user_name: 'Zoë 🦊',
        address: '2001:db8::1',
        client: "Robert'); DROP TABLE sessions;--",
        user: { roles: ['admin'], é: null },
        data: [1.5, false, null, { cart: [] }],
        idle_timeout: 1800,
        expire_time: fromNow(world, DAY_MS),
        auth_time: fromNow(world, -HOUR_MS),
        auth_methods: ['pwd', 'otp'],
        auth_level: 2,
      };
      const { session, token, evicted } = await sessions.open(request);
      const times = { open_time: fromNow(world, 0), request_time: fromNow(world, 0), close_time: null };
      const { id } = session;
      assert.deepEqual(session, {
        ...{ ...request, ...times, id },
        ...{ active: true, expires_in: 1800, close_reason: null, closed_by: null, revision: 1, actor: null },
      });
      assert.deepEqual(evicted, []);
      assert.match(token, /^ps_[0-9a-f]{36}_[A-Za-z0-9_-]{43}$/);
      assert.deepEqual(await sessions.get(id), session);
      assert.partialDeepStrictEqual(await sessions.validate(token), { active: true, session });
      assert.deepEqual(await sessions.read(token), session);
    },
  },
  {
    name: 'a property that is not given at open is null or has the default of the settings',
    settings: { idle_timeout_ms: HOUR_MS },
    run: async (world) => {
      const { session } = await world.sessions.open({ user_id: 'u' });
      const now = fromNow(world, 0);
      assert.deepEqual(session, {
        ...{ id: session.id, user_id: 'u', user_name: null, address: null, client: null, user: null, data: null },
        ...{ active: true, open_time: now, request_time: now, revision: 1, actor: null },
        ...{ close_time: null, close_reason: null, closed_by: null },
        ...{
          idle_timeout: 3600,
          expires_in: 3600,
          expire_time: null,
          auth_time: now,
          auth_methods: [],
          auth_level: null,
        },
      });
    },
  },
  {
    name: '[ASVS-7.2.1] wrong secrets and unknown tokens validate and end no session',
    run: async ({ sessions }) => {
      const { session, token } = await sessions.open({ user_id: 'u' });
      const other = await sessions.open({ user_id: 'u' });
      const [secret, otherSecret] = [token, other.token].map((text) => text.slice(-43));
      const candidates = [
        token.replace(/_.{43}$/, `_${'A'.repeat(43)}`),
        token.replace(/_.{43}$/, `_${otherSecret}`),
        ...[`ps_${'0'.repeat(36)}_${secret}`, session.id, String(secret), ` ${token}`, `${token}=`, 'ps__', 'x'],
      ];
      for (const candidate of candidates) {
        assert.deepEqual(await sessions.validate(candidate), { active: false, reason: 'unknown' });
        assert.equal(await sessions.read(candidate), null);
        await assert.rejects(sessions.rotate({ token: candidate }), isProblem('TOKEN_UNKNOWN'));
      }
      assert.partialDeepStrictEqual(await sessions.validate(token), { active: true, session });
    },
  },
  {
    name: 'get returns null for an unknown id, and changes report that it is unknown',
    run: async ({ sessions }) => {
      assert.equal(await sessions.get('nobody'), null);
      for (const change of [
        () => sessions.touch('nobody'),
        () => sessions.close('nobody'),
        () => sessions.remove('nobody'),
        () => sessions.replaceData('nobody', 1),
        () => sessions.replaceUser('nobody', 1),
        () => sessions.patchData('nobody', {}, { if_match: 1 }),
      ]) {
        await assert.rejects(change, isProblem('SESSION_NOT_FOUND'));
      }
      assert.equal(await sessions.count(), 0);
    },
  },
  {
    name: 'each kind of end has its own reason, the same in get, validate and list',
    settings: { limit: { max: 1, policy: 'evict_oldest' } },
    run: async (world) => {
      const { sessions, clock, settings } = world;
      const open = (user_id: CloseReason) =>
        sessions.open({ user_id, idle_timeout: 600, ...(user_id === 'expired' && { expire_time: fromNow(world, 9) }) });
      const opened = {
        closed: await open('closed'),
        revoked: await open('revoked'),
        idle: await open('idle'),
        expired: await open('expired'),
        evicted: await open('evicted'),
        compromised: await open('compromised'),
      };
      await sessions.close(opened.closed.session.id);
      await sessions.close(opened.revoked.session.id, { reason: 'revoked' });
      await open('evicted');
      await sessions.rotate({ token: opened.compromised.token });
      clock.advance(settings.rotation_grace_ms);
      await sessions.validate(opened.compromised.token);
      clock.advance(600 * SECOND_MS);
      for (const [reason, { session, token }] of Object.entries(opened) as [CloseReason, typeof opened.idle][]) {
        assert.equal((await sessions.get(session.id))?.close_reason, reason);
        assert.deepEqual(await sessions.validate(token), { active: false, reason });
        const ids = await idsOf(world, { user_id: reason, close_reason: reason });
        assert.deepEqual(ids, [session.id]);
      }
    },
  },
  {
    name: 'a closed session keeps user_id, device and times, loses user and data, ends once',
    run: async (world) => {
      const { sessions, clock } = world;
      const { session } = await sessions.open({ user_id: 'u', address: '::1', client: 'app', user: 1, data: 2 });
      clock.advance(5 * SECOND_MS);
      const now = fromNow(world, 0);
      const closed = await sessions.close(session.id);
      const end = {
        active: false,
        close_reason: 'closed',
        closed_by: 'anonymous',
        close_time: now,
        request_time: now,
        expires_in: null,
        revision: 2,
      };
      assert.deepEqual(closed, { ...session, ...end, user: null, data: null });
      clock.advance(5 * SECOND_MS);
      assert.deepEqual(await sessions.close(session.id, { reason: 'revoked' }), closed);
      assert.deepEqual(await sessions.get(session.id), closed);
    },
  },
];
