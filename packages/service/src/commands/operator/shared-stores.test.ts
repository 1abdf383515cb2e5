import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onSharedStores } from '../../../../../testing/stores/stores.ts';
import { Sessions } from '../../domain/sessions.ts';
import { systemClock } from '../../domain/time/clock.ts';
import { runCommand } from './fixtures/run-command.ts';

onSharedStores((stores) => {
  test('commands and a running node see the same sessions', async () => {
    const sessions = new Sessions(await stores.empty(), systemClock());
    const { session } = await sessions.open({ user_id: 'ann' });
    const place = ['--store', stores.url];
    const listed = await runCommand(['list', '--json', ...place]);
    assert.equal(JSON.parse(listed.stdout).id, session.id);
    const closed = await runCommand(['close-many', '--user-id', 'ann', '--yes', '--json', ...place]);
    assert.equal(closed.stdout, '{"closed":1}\n');
    assert.equal((await sessions.get(session.id))?.close_reason, 'revoked');
    const erased = await runCommand(['user', 'erase', 'ann', '--yes', '--json', ...place]);
    assert.equal(JSON.parse(erased.stdout).erased, 1);
    assert.equal(await sessions.get(session.id), null);
  });

  test('tail prints the changes of all nodes with their users, and filters by user', async () => {
    const sessions = new Sessions(await stores.empty(), systemClock());
    const work = async () => {
      await sessions.open({ user_id: 'bob' });
      const { session } = await sessions.open({ user_id: 'ann' });
      await sessions.close(session.id);
    };
    let done: Promise<void> = Promise.resolve();
    const onSay = () => {
      done = work();
    };
    const args = ['tail', '--user-id', 'ann', '--json', '--limit', '2', '--store', stores.url];
    const { code, stdout } = await runCommand(args, { onSay });
    await done;
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual([code, ...lines.map(({ kind, user_id }) => `${kind} ${user_id}`)], [0, 'opened ann', 'ended ann']);
  });
});
