import type { CloseReason } from '@pip-sessions/contract/v2';
import { count, REASON_WORDS } from '../texts.ts';

const perSecond = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export const LIVE = {
  tableLabel: 'Changes of sessions, the newest first',
  kinds: { all: 'All', opened: 'Opened', changed: 'Changed', ended: 'Ended', removed: 'Deleted' },
  kindsLabel: 'Which changes',
  filter: 'Filter by user, device, address or id',
  filterLabel: 'Filter the shown changes',
  pause: 'Pause',
  goOn: 'Go on',
  rate: (value: number) => `${perSecond.format(value)} a second`,
  paused: (waiting: number) => `Paused. ${count(waiting)} new.`,
  held: (waiting: number) => `Held while you are in the list. ${count(waiting)} new.`,
  byCommand: 'Follow changes from a command line',
  time: 'Time',
  event: 'Change',
  user: 'User',
  device: 'Device',
  address: 'Address',
  id: 'Session',
  opened: 'Opened',
  changed: (revision: number) => `Changed, revision ${count(revision)}`,
  ended: {
    closed: 'Signed out',
    revoked: 'Ended by hand',
    idle: `Ended: ${REASON_WORDS.idle}`,
    expired: `Ended: ${REASON_WORDS.expired}`,
    evicted: `Ended: ${REASON_WORDS.evicted}`,
    compromised: `Compromised: ${REASON_WORDS.compromised}`,
  } satisfies Readonly<Record<CloseReason, string>>,
  endedOtherwise: 'Ended',
  removed: 'Deleted',
  gap: 'Changes may be missing here: the stream was interrupted.',
  empty: 'Waiting for the next change.',
  emptyHint:
    'Each session that is opened, changed or ended is one line here, the moment it happens. Activity is not shown.',
  emptyFilter: 'No change matches this filter.',
  bounded: (value: number) => `The last ${count(value)} changes are kept.`,
  clear: 'Clear',
  unknown: 'no longer there',
  reading: 'reading…',
} as const;
