import type { KeyList } from '@pip-sessions/contract/v2';
import type { Examination } from '../../examination.ts';
import { fromNodes, type ServiceAddress } from './request.ts';

/** Weekly work must have had its turn before a key counts as unused. */
const UNUSED_DAYS_MIN = 8;
const DAY_MS = 86_400_000;

/**
 * Finds keys of scope admin that no request has used since the nodes count. Each key that exists can be stolen, so one
 * without a use should go. Nodes count from their start on: after a recent one nothing is found.
 */
export async function examineKeys(examination: Examination, service: ServiceAddress, now: number): Promise<void> {
  await examination.check('the API keys of the service', async (signal) => {
    const used = new Map<string, boolean>();
    let since = 0;
    for await (const keys of fromNodes<KeyList>(service, '/v2/keys', 'admin', signal)) {
      since = Math.max(since, Date.parse(keys.since));
      for (const { name, scope, last_used } of keys.items) {
        if (scope === 'admin') used.set(name, used.get(name) === true || last_used !== null);
      }
    }
    const days = Math.floor((now - since) / DAY_MS);
    if (days < UNUSED_DAYS_MIN) return;
    for (const [name, isUsed] of used) {
      if (!isUsed)
        examination.found('ADMIN_KEY_UNUSED', `No request has used the admin key "${name}" for ${days} days.`);
    }
  });
}
