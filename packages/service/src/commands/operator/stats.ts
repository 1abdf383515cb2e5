import { CLOSE_REASONS } from '@pip-sessions/contract/close-reasons';
import type { Stats, StatsHour } from '@pip-sessions/contract/v2';
import type { OperatorContext } from './context.ts';
import { writeJson } from './output/output.ts';
import { relativeTo } from './output/relative-time.ts';
import { type Column, recordOf, tableOf } from './output/table.ts';
import type { ConnectionFlags, OutputFlags } from './parameters.ts';
import { withSessions } from './with-sessions.ts';

const COLUMNS: readonly Column<StatsHour>[] = [
  { head: 'HOUR (UTC)', cell: ({ hour }) => hour.slice(0, 'yyyy-mm-ddThh:mm'.length).replace('T', ' ') },
  { head: 'OPENED', cell: ({ opened }) => String(opened) },
  ...CLOSE_REASONS.map((reason) => ({
    head: reason.toUpperCase(),
    cell: ({ closed }: StatsHour) => String(closed[reason] ?? 0),
  })),
];

/** Runs `pip-sessions stats`. */
export async function stats(this: OperatorContext, flags: ConnectionFlags & OutputFlags): Promise<void> {
  const result = await withSessions(this, flags, ({ client }) => client.stats());
  if (flags.json) return writeJson(this, result);
  await this.write(recordOf(summaryOf(result, this.clock.now()), this.terminal));
  if (result.hours.length > 0) await this.write(`\n${tableOf(COLUMNS, result.hours, this.terminal)}`);
}

function summaryOf({ live, opened, closed, sweep }: Stats, now: number): readonly (readonly [string, string | null])[] {
  const ended = Object.values(closed).reduce((sum, count) => sum + count, 0);
  return [
    ['live sessions', String(live)],
    ['opened in the last 24 h', String(opened)],
    ['ended in the last 24 h', String(ended)],
    ...(sweep ? [['last sweep', relativeTo(now, sweep.time)] as const] : []),
  ];
}
