import type { Health } from '../../api/types.ts';
import { relativeText, shortTime, spanText } from '../../kit/time-text.ts';
import { HEALTH } from '../../texts/health.ts';
import { count } from '../../texts.ts';

/** A figure of the node with its meaning. `amber`: a person should look at it. */
export interface NodeFigure {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
  readonly tone?: 'amber';
}

const LAG_S_MAX = 3;
const DELIVERY_S_MAX = 1;
/** The service rejects further streams above 5,000. */
const LISTENERS_MAX = 4_000;

/** The figures of the node, in the order in which they are shown. */
export function nodeFigures({ node }: Health, clock_ms: number, now: number): readonly NodeFigure[] {
  const { rows } = HEALTH;
  const figure = (id: keyof typeof rows, value: string, isAmber = false): NodeFigure => ({
    ...{ id, name: rows[id].name, value, meaning: rows[id].meaning },
    ...(isAmber && { tone: 'amber' as const }),
  });
  const { near_cache: cache, delivery_s_p99: delivery } = node;
  return [
    figure('version', node.version),
    figure('uptime', HEALTH.uptime(spanText(node.uptime_s * 1_000), shortTime(node.started))),
    figure('live', node.live === null ? HEALTH.noneYet : count(node.live)),
    figure('lag', HEALTH.lag(node.feed_lag_s), node.feed_lag_s > LAG_S_MAX),
    figure('gaps', count(node.feed_gaps)),
    figure('listeners', count(node.listeners), node.listeners > LISTENERS_MAX),
    figure('connections', count(node.connections)),
    cache
      ? figure('hits', cache.hits + cache.misses === 0 ? HEALTH.noneYet : HEALTH.hits(cache.hits, cache.misses))
      : { ...figure('hits', HEALTH.none), meaning: rows.hits.none },
    figure('delivery', deliveryText(delivery), delivery !== null && delivery > DELIVERY_S_MAX),
    figure('sweep', sweepText(node, now)),
    figure('clock', clockText(clock_ms), clock_ms !== 0),
  ];
}

function deliveryText(delivery_s: number | null): string {
  return delivery_s === null ? HEALTH.noneYet : HEALTH.seconds(delivery_s);
}

function sweepText({ sweep, sweep_interval_s }: Health['node'], now: number): string {
  if (sweep_interval_s === 0) return HEALTH.sweepOff;
  return sweep ? HEALTH.sweep(relativeText(sweep.time, now), sweep.closed, sweep.purged) : HEALTH.noSweep;
}

/** `difference_ms`: how far the clock of the node is ahead of this computer's. */
function clockText(difference_ms: number): string {
  if (difference_ms === 0) return HEALTH.clockRight;
  return HEALTH.clockOff(spanText(Math.abs(difference_ms)), difference_ms > 0);
}
