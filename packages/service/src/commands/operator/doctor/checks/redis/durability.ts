import type { Examination } from '../../examination.ts';
import type { ServerInfo } from './info.ts';
import type { ExaminedServer } from './servers.ts';

/** Checks what a crash or a restart of the server would lose. */
export async function examineDurability(
  examination: Examination,
  server: ExaminedServer,
  info: ServerInfo,
): Promise<void> {
  const { address } = server;
  await examination.check(`the last writes to the disk of ${address}`, () => {
    const failed = ['rdb_last_bgsave_status', 'aof_last_write_status', 'aof_last_bgrewrite_status'].filter(
      (name) => info.text(name) === 'err',
    );
    if (failed.length > 0) examination.found('REDIS_SAVE_FAILED', `${address} reports ${failed.join(', ')}: err.`);
  });
  if (info.text('aof_enabled') === '1') {
    await examination.check(`appendfsync of ${address}`, async () => {
      const policy = await setting(server, 'appendfsync');
      const found = `${address} has appendfsync ${policy}.`;
      if (policy === 'no') examination.found('REDIS_FLUSHES_LATE', found);
      if (policy === 'everysec') examination.found('REDIS_FLUSHES_EACH_SECOND', found);
    });
    return;
  }
  await examination.check(`the persistence of ${address}`, async () => {
    const save = await setting(server, 'save');
    if (save === '') {
      examination.found('REDIS_NOT_PERSISTENT', `${address} has appendonly no, and no save points.`);
    } else {
      examination.found('REDIS_SNAPSHOTS_ONLY', `${address} has appendonly no, and save "${save}".`);
    }
  });
}

async function setting({ send }: ExaminedServer, name: string): Promise<string> {
  const [, value = ''] = await send<readonly string[]>('CONFIG', 'GET', name);
  return value;
}
