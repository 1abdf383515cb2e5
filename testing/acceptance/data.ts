import assert from 'node:assert/strict';
import { fulfilled, inParallel, isProblem, rejected } from './expectations.ts';
import type { UseCase } from './world.ts';

/** RFC 7396, appendix A: original, patch, result. */
const MERGE_EXAMPLES: readonly (readonly [unknown, unknown, unknown])[] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

const VALUES: readonly unknown[] = [
  ...[null, false, 0, -1.5e300, '', 'é🦊\u2028"\\', [], {}, [[null], { a: [] }]],
  { constructor: 1, toString: null, 'a.b': { '': 0 } },
];

/** The application's data in a session. No update is lost. */
export const DATA_CASES: readonly UseCase[] = [
  {
    name: 'user and data can be any JSON value and are returned as they were stored',
    run: async ({ sessions }) => {
      const { session, token } = await sessions.open({ user_id: 'u' });
      for (const value of VALUES) {
        assert.deepEqual((await sessions.replaceUser(session.id, value)).user, value);
        const { data, user, revision } = await sessions.replaceData(session.id, [value]);
        assert.deepEqual([user, data], [value, [value]]);
        const validation = await sessions.validate(token);
        assert.ok(validation.active);
        assert.deepEqual([validation.session.user, validation.session.data], [value, [value]]);
        assert.equal((await sessions.get(session.id))?.revision, revision);
      }
      assert.equal((await sessions.get(session.id))?.revision, 1 + 2 * VALUES.length);
    },
  },
  {
    name: 'a merge patch follows each example of RFC 7396',
    run: async ({ sessions }) => {
      const { session } = await sessions.open({ user_id: 'u', user: 'kept' });
      for (const [original, patch, result] of MERGE_EXAMPLES) {
        await sessions.replaceData(session.id, original);
        const patched = await sessions.patchData(session.id, patch);
        assert.deepEqual([patched.data, patched.user], [result, 'kept'], JSON.stringify({ original, patch }));
        assert.deepEqual((await sessions.get(session.id))?.data, result);
      }
    },
  },
  {
    name: 'parallel merges of different properties all take effect',
    run: async ({ sessions }) => {
      const { session } = await sessions.open({ user_id: 'u', data: { before: 1 } });
      await inParallel(20, (n) => sessions.patchData(session.id, { [`m${n}`]: n }));
      const members = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`m${n}`, n]));
      assert.deepEqual((await sessions.get(session.id))?.data, { before: 1, ...members });
    },
  },
  {
    name: 'a write for a wrong revision is rejected with the right one and changes nothing',
    run: async ({ sessions }) => {
      const { session } = await sessions.open({ user_id: 'u', data: { a: 1 }, user: 1 });
      const { id } = session;
      const first = await sessions.patchData(id, { a: 2 }, { if_match: 1 });
      for (const if_match of [1, 3, 0]) {
        for (const write of [
          () => sessions.replaceData(id, 0, { if_match }),
          () => sessions.replaceUser(id, 0, { if_match }),
          () => sessions.patchData(id, { a: 0 }, { if_match }),
        ]) {
          await assert.rejects(write, isProblem('REVISION_CONFLICT', { revision: 2 }));
        }
      }
      assert.deepEqual(await sessions.get(id), first);
      assert.equal((await sessions.replaceUser(id, 2, { if_match: 2 })).revision, 3);
      assert.equal((await sessions.replaceData(id, 2, { if_match: 3 })).revision, 4);
    },
  },
  {
    name: 'of 20 parallel writers with one revision, one succeeds and 19 get a conflict',
    run: async ({ sessions }) => {
      const { session } = await sessions.open({ user_id: 'u' });
      const results = await inParallel(20, (n) =>
        n % 2 === 0
          ? sessions.replaceData(session.id, { n }, { if_match: 1 })
          : sessions.patchData(session.id, { n }, { if_match: 1 }),
      );
      const [winner, ...more] = fulfilled(results);
      assert.deepEqual(more, []);
      for (const error of rejected(results)) isProblem('REVISION_CONFLICT', { revision: 2 })(error);
      assert.deepEqual(await sessions.get(session.id), winner);
    },
  },
  {
    name: '[U-08] no update is lost when 20 parallel writers retry after a conflict',
    run: async ({ sessions }) => {
      const { session } = await sessions.open({ user_id: 'u', data: { counter: 0 } });
      // Each conflict means that another writer succeeded. A read after the conflict returns that write or a later one.
      const addOne = async (): Promise<void> => {
        for (let tries = 0; tries < 20; tries += 1) {
          const read = await sessions.get(session.id);
          assert.ok(read);
          const counter = (read.data as { readonly counter: number }).counter + 1;
          try {
            await sessions.patchData(session.id, { counter }, { if_match: read.revision });
            return;
          } catch (error) {
            isProblem('REVISION_CONFLICT')(error);
          }
        }
        assert.fail('20 conflicts among 20 writers');
      };
      await Promise.all(Array.from({ length: 20 }, addOne));
      const { data, revision } = (await sessions.get(session.id)) ?? {};
      assert.deepEqual([data, revision], [{ counter: 20 }, 21]);
    },
  },
  {
    name: 'a merge that makes data too large is rejected and changes nothing',
    run: async ({ sessions, value_bytes_max }) => {
      const { session } = await sessions.open({ user_id: 'u', data: { a: '' } });
      const room = value_bytes_max - JSON.stringify({ a: '', é: '' }).length - 1;
      const details = { members: ['data'], bytes_max: value_bytes_max };
      const tooLarge = sessions.patchData(session.id, { é: 'x'.repeat(room + 1) });
      await assert.rejects(tooLarge, isProblem('VALUE_TOO_LARGE', details));
      assert.deepEqual(await sessions.get(session.id), session);
      const { data } = await sessions.patchData(session.id, { é: 'x'.repeat(room) });
      assert.equal(Buffer.byteLength(JSON.stringify(data)), value_bytes_max);
      await assert.rejects(sessions.patchData(session.id, { a: 'x' }), isProblem('VALUE_TOO_LARGE', details));
      assert.deepEqual((await sessions.patchData(session.id, { é: null })).data, { a: '' });
    },
  },
  {
    name: 'user or data that is too large is rejected and changes nothing',
    over: 'http',
    run: async ({ sessions, value_bytes_max }) => {
      const most = 'x'.repeat(value_bytes_max - 2);
      const { session } = await sessions.open({ user_id: 'u', user: most, data: most });
      for (const member of ['user', 'data'] as const) {
        const refused = isProblem('VALUE_TOO_LARGE', { members: [member], bytes_max: value_bytes_max });
        await assert.rejects(sessions.open({ user_id: 'u', [member]: `${most}x` }), refused);
        const write = member === 'user' ? sessions.replaceUser : sessions.replaceData;
        await assert.rejects(write(session.id, `${most}x`), refused);
      }
      assert.deepEqual(await sessions.get(session.id), session);
      assert.equal(await sessions.count(), 1);
    },
  },
];
