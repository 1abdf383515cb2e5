import { hostname } from 'node:os';
import { sweepJson } from '../../api/v2/wire.ts';
import type { Clock } from '../../domain/time/clock.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import type { StatusInfo } from '../endpoints/pip-endpoints.ts';
import type { ConsoleOptions, NodeState } from './options.ts';

/** Returns the response to `GET /console/api/health`: the state of this node, which `id` names. */
export async function nodeHealth(
  id: string,
  node: NodeState,
  adminConsole: ConsoleOptions,
  info: StatusInfo,
  clock: Clock,
): Promise<object> {
  const [{ status, checks }, { live, feed_lag_s, feed_gaps, near_cache, swept }] = await Promise.all([
    node.health.readiness(),
    adminConsole.figures(),
  ]);
  const { connections, listeners, delivery_s } = node.http();
  const reason = Object.values(checks).find((check) => check !== 'ok') ?? null;
  return {
    status,
    reason,
    node: {
      id,
      host: hostname(),
      pid: process.pid,
      version: info.version,
      started: isoTime(node.started),
      uptime_s: Math.round((clock.now() - node.started) / 1000),
      connections,
      listeners,
      live,
      feed_lag_s,
      feed_gaps,
      delivery_s_p99: delivery_s.quantile(0.99),
      near_cache,
      sweep_interval_s: adminConsole.sweep_interval_s,
      sweep: swept && sweepJson(swept),
    },
  };
}
