import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../domain/time/clock.ts';
import { IncidentCounts } from '../../observability/metrics/incident-counts.ts';
import { CONSOLE } from './fixtures/console-options.ts';
import { recentHours } from './hours.ts';

test('each hour has its rejected requests, and its sign-ins rejected by the limit', async () => {
  const clock = new ManualClock();
  const incidents = new IncidentCounts();
  incidents.add({ event: 'authentication_failed' }, clock.now());
  for (let n = 0; n < 2; n += 1) incidents.add({ event: 'request_refused', code: 'SESSION_LIMIT' }, clock.now());
  const options = { ...CONSOLE, hours: async () => [] };
  const { items } = (await recentHours(options, { incidents } as never, clock)) as { items: object[] };
  assert.partialDeepStrictEqual(items, [{ opened: 0, closed: {}, refused: 1, limited: 2 }]);
});
