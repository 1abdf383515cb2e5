import type { Stats } from '@pip-sessions/contract/v2';
import type { Health, KeyInfo } from '../../api/types.ts';
import { spanText } from '../../kit/time-text.ts';
import { pathOf } from '../../routing/routes.ts';
import { queryOfFilter } from '../../sessions/filter.ts';
import { ATTENTION } from '../../texts/overview.ts';
import { endsSoon } from '../keys/key-state.ts';

/** Something that a person should look at. */
export interface Concern {
  readonly id: string;
  readonly tone: 'red' | 'amber';
  readonly title: string;
  readonly hint: string;
  readonly link?: { readonly path: string; readonly query?: URLSearchParams; readonly text: string };
}

/** The effects of the limit of sessions per user in the last hour. */
export interface LimitFigures {
  readonly opened: number;
  /** Sessions that ended because their users opened others. */
  readonly evicted: number;
  /** Sign-ins that were rejected. */
  readonly rejected: number;
}

/** The known facts about the service. Undefined: not read yet, or not allowed. */
export interface Known {
  readonly stats: Stats | undefined;
  /** The nodes that have responded in the last minute. */
  readonly nodes: readonly Health[];
  readonly limits: LimitFigures | undefined;
  readonly keys: readonly KeyInfo[] | undefined;
  /** How often the feed was interrupted within `GAPS_MS`. */
  readonly gaps: number;
  /** How far the clock of this computer is off, in milliseconds. */
  readonly clock_ms: number;
  readonly now: number;
}

/** From this age on, cached sessions are not used. */
const FEED_LAG_S_MAX = 3;
const GAPS_MAX = 3;
export const GAPS_MS = 600_000;
/** The number of ends by the limit within an hour, and their part of all opened sessions, that need attention. */
const EVICTED_MIN = 10;
const EVICTED_PART_MIN = 0.1;
/** A sweep may find sessions that ended since the one before; more means that it does not keep up. */
const SWEEP_INTERVALS_MAX = 3;
const SWEEP_AGE_MS_MAX = 3_600_000;

const HEALTH_LINK = { path: pathOf('health'), text: ATTENTION.healthLink };

/** Returns the matters that need attention, the worst first. */
export function concernsOf(known: Known): readonly Concern[] {
  return [
    ...ofStore(known),
    ...ofSessions(known),
    ...ofLimits(known),
    ...ofFeed(known),
    ...ofSweep(known),
    ...ofClock(known),
    ...ofKeys(known),
  ];
}

function ofStore({ nodes }: Known): Concern[] {
  const [bad, ...others] = nodes.filter(({ status }) => status !== 'ok');
  if (!bad) return [];
  const title = ATTENTION.notReady(bad.node.host, others.length);
  return [{ id: 'ready', tone: 'red', title, hint: bad.reason ?? bad.status, link: HEALTH_LINK }];
}

function ofSessions({ stats }: Known): Concern[] {
  const value = stats?.closed.compromised ?? 0;
  if (value === 0) return [];
  const query = queryOfFilter({ states: 'ended', values: { close_reason: 'compromised' } });
  return [
    {
      id: 'compromised',
      tone: 'red',
      title: ATTENTION.compromised(value),
      hint: ATTENTION.compromisedHint,
      link: { path: pathOf('sessions'), query, text: ATTENTION.showThem },
    },
  ];
}

/** Ends by a limit are usual. They need attention if they are many of all sign-ins: a client may sign in in a loop. */
function ofLimits({ limits }: Known): Concern[] {
  if (!limits) return [];
  const concerns: Concern[] = [];
  const { opened, evicted, rejected } = limits;
  if (rejected > 0) {
    const [title, hint] = [ATTENTION.limited(rejected), ATTENTION.limitedHint];
    concerns.push({ id: 'limited', tone: 'amber', title, hint });
  }
  if (evicted >= EVICTED_MIN && evicted >= opened * EVICTED_PART_MIN) {
    const query = queryOfFilter({ states: 'ended', values: { close_reason: 'evicted', from_time: '1h' } });
    const link = { path: pathOf('sessions'), query, text: ATTENTION.showThem };
    const [title, hint] = [ATTENTION.evicted(evicted), ATTENTION.evictedHint];
    concerns.push({ id: 'evicted', tone: 'amber', title, hint, link });
  }
  return concerns;
}

function ofFeed({ nodes, gaps }: Known): Concern[] {
  const concerns: Concern[] = [];
  const lag_s = Math.max(0, ...nodes.map(({ node }) => node.feed_lag_s));
  if (lag_s > FEED_LAG_S_MAX) {
    const title = ATTENTION.feedLag(spanText(lag_s * 1_000));
    concerns.push({ id: 'lag', tone: 'amber', title, hint: ATTENTION.feedLagHint, link: HEALTH_LINK });
  }
  if (gaps > GAPS_MAX) {
    const title = ATTENTION.feedGaps(gaps, spanText(GAPS_MS));
    concerns.push({ id: 'gaps', tone: 'amber', title, hint: ATTENTION.feedGapsHint, link: HEALTH_LINK });
  }
  return concerns;
}

function ofSweep({ stats, nodes: [health], now }: Known): Concern[] {
  const sweep = stats?.sweep;
  const interval_s = health?.node.sweep_interval_s ?? 0;
  if (!sweep || interval_s === 0 || sweep.lag <= SWEEP_INTERVALS_MAX * interval_s) return [];
  // Another node sweeps meanwhile.
  if (now - Date.parse(sweep.time) > SWEEP_AGE_MS_MAX) return [];
  return [
    { id: 'sweep', tone: 'amber', title: ATTENTION.sweep(spanText(sweep.lag * 1_000)), hint: ATTENTION.sweepHint },
  ];
}

function ofClock({ clock_ms }: Known): Concern[] {
  if (clock_ms === 0) return [];
  const title = ATTENTION.clock(spanText(Math.abs(clock_ms)));
  return [{ id: 'clock', tone: 'amber', title, hint: ATTENTION.clockHint }];
}

function ofKeys({ keys = [], now }: Known): Concern[] {
  const ending = keys.filter((key) => endsSoon(key, now)).length;
  if (ending === 0) return [];
  const link = { path: pathOf('keys'), text: ATTENTION.keysLink };
  return [{ id: 'keys', tone: 'amber', title: ATTENTION.keys(ending), hint: ATTENTION.keysHint, link }];
}
