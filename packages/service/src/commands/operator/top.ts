import { setTimeout as wait } from 'node:timers/promises';
import { CommandError, EXIT_CODES } from './command-error.ts';
import type { OperatorContext } from './context.ts';
import { sessionTable } from './output/session-view.ts';
import { type ConnectionFlags, filterOf, type LiveFilterFlags } from './parameters.ts';
import { withSessions } from './with-sessions.ts';

const INTERVAL_S_DEFAULT = 2;
/** Moves to the upper left corner and clears the screen from there. */
const CLEAR = '\u001b[H\u001b[J';
/** The lines besides the sessions: figures, an empty line, heads, and the line of the cursor. */
const OTHER_LINES = 4;

/** Runs `pip-sessions top`: shows the figures and the newest live sessions, again and again, until Ctrl+C. */
export async function top(
  this: OperatorContext,
  flags: ConnectionFlags & LiveFilterFlags & { readonly interval: number | undefined },
): Promise<void> {
  const { rows } = this.terminal;
  if (rows === null) throw new CommandError('top needs a terminal. Use stats and list instead.', EXIT_CODES.usage);
  const filter = { ...filterOf(flags), active: true, limit: Math.max(1, rows - OTHER_LINES) };
  const interval_ms = (flags.interval ?? INTERVAL_S_DEFAULT) * 1000;
  const signal = this.interruption();
  await withSessions(this, flags, async ({ client, name }) => {
    while (!signal.aborted) {
      const [{ live, hours }, { items }] = await Promise.all([client.stats(), client.list(filter)]);
      const ended = Object.values(hours[0]?.closed ?? {}).reduce((sum, count) => sum + count, 0);
      const figures = `${name}: ${live} live, in the last hour with changes ${hours[0]?.opened ?? 0} opened, ${ended} ended`;
      await this.write(`${CLEAR}${figures}\n\n${sessionTable(this, items)}`);
      await wait(interval_ms, undefined, { signal }).catch(() => {});
    }
  });
}
