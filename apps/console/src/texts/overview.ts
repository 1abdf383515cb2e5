import { count, sessions } from '../texts.ts';

const change = new Intl.NumberFormat(undefined, {
  ...{ style: 'percent', signDisplay: 'exceptZero', maximumFractionDigits: 0 },
});

export const OVERVIEW = {
  figures: 'Figures',
  live: 'Live now',
  opened: 'Opened, last hour',
  ended: 'Ended, last hour',
  refused: 'Refused, last hour',
  refusedTip: 'Requests with a wrong key, a wrong scope or an unknown token. Each node counts its own.',
  estimated: 'The service counts by whole hours: this is the hour so far, and its part of the hour before.',
  notCounted: 'not counted',
  notCountedTip: 'SESSIONS_METRICS=off: this node counts no rejected requests.',
  sparkline: (name: string, lowest: number, highest: number) =>
    `${name}, 24 hours: from ${count(lowest)} to ${count(highest)}`,
  same: 'as many as a day before',
  noneBefore: 'none a day before',
  changed: (ratio: number) =>
    ratio >= 10 ? `${count(Math.round(ratio))} times a day before` : `${change.format(ratio - 1)} from a day before`,
  before: (value: number) => `A day before: ${count(value)}`,
  chart: 'Opened and ended by hour',
  chartHint: 'Opened up, ended down. A click lists the sessions of the hour.',
  openedWord: 'opened',
  endedWord: 'ended',
  noHours: 'No session was opened or ended in the last 24 hours.',
  table: 'The same as a table',
  hour: 'Hour',
  listHour: (hour: string) => `Sessions opened in the hour from ${hour}`,
  attention: 'Needs attention',
  allGood: 'Nothing needs attention.',
  allGoodHint:
    'No stolen token, few users at their limit, the store takes writes, the feed and the sweep are on time, and the clocks agree.',
} as const;

export const ATTENTION = {
  notReady: (host: string, others: number) =>
    others === 0 ? `The node ${host} is not ready.` : `${host} and ${count(others)} other nodes are not ready.`,
  compromised: (value: number) => `${sessions(value)} ended as compromised in the last 24 hours.`,
  compromisedHint:
    'A token that had been replaced was used again: either somebody has a copy, or a client keeps old tokens.',
  showThem: 'Show them',
  limited: (value: number) =>
    `${count(value)} ${value === 1 ? 'sign-in was' : 'sign-ins were'} rejected in the last hour: their users are at their limit of sessions.`,
  limitedHint:
    'SESSIONS_LIMIT_POLICY is deny. A rejected sign-in leaves no session, so users are not named here. Each node counts its own.',
  evicted: (value: number) => `${sessions(value)} ended in the last hour because their users were at their limit.`,
  evictedHint: 'These are many of all sign-ins. Look whether a few users or one device sign in again and again.',
  feedLag: (span: string) => `The feed of changes is ${span} behind.`,
  feedLagHint: 'After 3 s, caches ask the store again for each session, so that an end is never missed.',
  feedGaps: (value: number, span: string) =>
    `The feed was interrupted ${count(value)} ${value === 1 ? 'time' : 'times'} in the last ${span}.`,
  feedGapsHint: 'After each time all caches are empty. Check the connection to the store.',
  sweep: (span: string) => `The sweep is ${span} behind.`,
  sweepHint: 'Sessions end as they should. Their ends are recorded late, and old sessions are deleted late.',
  clock: (span: string) => `The clock of this computer differs from that of the service by ${span}.`,
  clockHint: 'Ages on these pages are computed with the clock of the service. Exact times are right as well.',
  away: 'The service does not respond.',
  awayHint: 'These are the last figures.',
  keys: (value: number) =>
    `${count(value)} API ${value === 1 ? 'key ends within 14 days or has' : 'keys end within 14 days or have'} ended.`,
  keysHint: 'From then on, requests with such a key are rejected.',
  keysLink: 'Show the keys',
  healthLink: 'Show the health of the node',
} as const;

export const FIRST_RUN = {
  title: 'Open the first session',
  lead: 'Run this line. Your application does the same after it has checked who the user is.',
  key: 'Put an API key of scope write or admin into SESSIONS_KEY first.',
  waiting: 'This page shows the session the moment it arrives.',
  arrived: 'The first session has arrived.',
  next: 'Validate its token to see that the user is signed in, and end the session here to see that it is over.',
  open: 'Open the session',
} as const;
