import type { CloseReason } from '@pip-sessions/contract/v2';
import type { ViewName } from './routing/routes.ts';
import type { SessionState } from './sessions/listed-session.ts';

/** Every text of the console. Values are put in by functions, so that a sentence stays in one place. */

const number = new Intl.NumberFormat();
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumSignificantDigits: 3 });

export function count(value: number): string {
  return number.format(value);
}

/** `1 session`, `1,204 sessions`. */
export function sessions(value: number): string {
  return `${count(value)} ${value === 1 ? 'session' : 'sessions'}`;
}

function users(value: number): string {
  return `${count(value)} ${value === 1 ? 'user' : 'users'}`;
}

export const VIEW_NAMES: Readonly<Record<ViewName, string>> = {
  overview: 'Overview',
  sessions: 'Sessions',
  user: 'User',
  live: 'Live',
  audit: 'Audit',
  keys: 'Keys',
  health: 'Health',
};

export const STATE_WORDS: Readonly<Record<SessionState, string>> = {
  live: 'Live',
  ends_soon: 'Ends soon',
  due: 'Past its deadline',
  ended: 'Ended',
  compromised: 'Compromised',
  deleted: 'Deleted',
};

export const REASON_WORDS: Readonly<Record<CloseReason, string>> = {
  closed: 'signed out',
  revoked: 'ended by hand',
  idle: 'no activity',
  expired: 'its time was over',
  evicted: 'too many sessions',
  compromised: 'a used token came back',
};

export const FEED_TEXTS = {
  connecting: 'connecting',
  reconnecting: 'reconnecting',
  paused: 'paused',
  signed_out: 'signed out',
  live: (lag_s: number) => (lag_s === 0 ? 'live' : `${count(lag_s)} s behind`),
} as const;

export const COMMON = {
  cancel: 'Cancel',
  close: 'Close',
  copy: 'Copy',
  copied: 'Copied',
  retry: 'Try again',
  undo: 'Undo',
  dismiss: 'Dismiss',
  none: 'none',
  loading: 'Loading',
  needsScope: (scope: string) => `This needs a key with the scope ${scope}.`,
  away: 'The service does not respond.',
  awayLong: (time: string) => `The service does not respond. You see what it said until ${time}. Trying again.`,
  awayAction: 'This waits until the service responds again.',
  failed: 'The request failed.',
  correlation: (id: string) => `Correlation id ${id}`,
  sameByCommand: 'The same from a command line',
  noPage: 'There is no such page.',
  viewFailed: 'This view could not be shown.',
} as const;

export const FRAME = {
  rail: 'Views',
  skip: 'Skip to the content',
  theme: { system: 'Theme of the system', light: 'Light theme', dark: 'Dark theme' },
  themeLabel: 'Theme',
  signOut: 'Sign out',
  open: 'This service requires no key. Everybody who reaches it may do everything.',
  openShort: 'no key required',
  account: (key: string, scope: string) => `${key}, scope ${scope}`,
  feed: 'Change stream',
  help: 'Keyboard shortcuts',
} as const;

export const SIGN_IN = {
  title: 'Sign in',
  key: 'API key',
  hint: 'A key with the scope write or admin. The browser does not keep it.',
  submit: 'Sign in',
  missing: 'Enter an API key.',
  unknown: 'The service does not know this key, or it has expired.',
  scope: 'The scope of this key is validate. The console needs write or admin.',
  tooMany: (wait_s: number | null) => `Too many attempts. Wait ${wait_s === null ? 'a minute' : `${count(wait_s)} s`}.`,
} as const;

export const SEARCH = {
  label: 'Search sessions',
  placeholder: 'User, session id, address, client',
  token: 'This is a token, which is a secret. Only the id of its session is used.',
  session: 'Open the session',
  partOfToken: 'This begins like a token, which is a secret. Enter the id of the session instead.',
} as const;

const UNIT_WORDS = { m: 'minute', h: 'hour', d: 'day' } as const;

export const SESSIONS = {
  states: { live: 'Live', ended: 'Ended', all: 'All' },
  statesLabel: 'Which sessions',
  addFilter: 'Filter',
  removeFilter: (label: string) => `Remove the filter: ${label}`,
  clear: 'Clear filters',
  apply: 'Apply',
  columns: 'Columns',
  refresh: 'Read again',
  outdated: 'Changes may have been missed: read again',
  newOnes: (value: number, isMore: boolean) => `${count(value)}${isMore ? '+' : ''} new`,
  aboutLive: (value: number) => (value < 1_000 ? `${count(value)} live` : `about ${compact.format(value)} live`),
  allLoaded: (value: number) => `The end of the list: ${sessions(value)}.`,
  searching: 'Looking through older sessions…',
  searchedTo: (time: string) => `Looked back to ${time}.`,
  searchStopped: 'Stopped.',
  stop: 'Stop',
  goOn: 'Go on',
  tooMany: (value: number) => `${sessions(value)} are shown, and there are older ones. Narrow the filter to see them.`,
  empty: {
    live: 'No session is live.',
    ended: 'No session has ended yet.',
    all: 'There is no session yet.',
  },
  emptyFilter: 'No session matches this filter.',
  selected: (value: number) => `${sessions(value)} selected`,
  endSelected: (value: number) => `End ${sessions(value)}…`,
  endMatching: (hasFilter: boolean) => (hasFilter ? 'End all that match…' : 'End all live sessions…'),
  noneLive: 'No live session is shown.',
  clearSelection: 'Clear the selection',
  selectRow: (user: string) => `Select the session of ${user}`,
  selectAll: 'Select all sessions that were read',
  tableLabel: 'Sessions, the newest first',
  listByCommand: 'This list from a command line',
  span: (value: number, unit: keyof typeof UNIT_WORDS) =>
    `${count(value)} ${UNIT_WORDS[unit]}${value === 1 ? '' : 's'}`,
  spanAgo: (span: string) => `${span} ago`,
  spanFuture: (span: string) => `in ${span}`,
  exactTime: 'An exact time',
  anyTime: 'Choose a time',
} as const;

export const COLUMN_NAMES = {
  state: 'State',
  user: 'User',
  device: 'Device',
  address: 'Address',
  opened: 'Opened',
  active: 'Last active',
  ends: 'Ends in',
  level: 'Level',
  actor: 'Actor',
  ended: 'Ended',
  id: 'Session',
} as const;

export const SESSION = {
  title: 'Session',
  end: 'End session…',
  delete: 'Delete…',
  unknown: 'There is no session with this id. It may have been deleted, by hand or after its retention.',
  noClient: 'unknown device',
  noAddress: 'unknown address',
  endsIn: 'Ends in',
  unlessUsed: 'unless used',
  inAnyCase: 'in any case',
  actor: (type: string, id: string) => `The ${type} ${id} acts in this user's name.`,
  endedWord: 'Ended',
  endedBy: (by: string | null, reason: string) => (by === null ? reason : `by ${by}: ${reason}`),
  never: 'no deadline',
  facts: 'Facts',
  timeline: 'Time line',
  values: 'Values of the application',
  reveal: 'Reveal',
  revealByCommand: 'Show the values from a command line',
  revealNote: 'The audit log records who reveals values.',
  revealNoAudit: 'This service has no audit log: nothing records who reveals values.',
  bytes: (value: number) => `${count(value)} ${value === 1 ? 'byte' : 'bytes'}`,
  ended: 'The values of an ended session are deleted.',
  others: 'Other sessions of this user',
  noOthers: 'This user has no other session.',
  allOfUser: 'All sessions of this user',
} as const;

export const ENDING = {
  title: 'End this session?',
  lead: 'The user is signed out on this device. For 5 seconds you can undo it.',
  leadActor: "Whoever acts in the user's name is signed out. For 5 seconds you can undo it.",
  reason: 'Reason',
  reasons: { revoked: 'revoked: ended by hand', closed: 'closed: the user signed out' },
  note: 'Note',
  noteHint: 'Recorded as closed_by. Empty: the name of your key.',
  confirm: 'End session',
  mark: 'Ending',
  toasts: 'Sessions that are being ended',
  soon: (user: string) => `The session of ${user} will be ended.`,
  secondsLeft: (seconds: number) => `In ${seconds} s.`,
  sending: (user: string) => `Ending the session of ${user}…`,
  failed: (user: string) => `The session of ${user} was not ended.`,
} as const;

export const MANY = {
  title: 'End many sessions',
  part: (label: string, value: string) => `${label.charAt(0).toLowerCase()}${label.slice(1)} ${value}`,
  counting: 'Counting what matches…',
  what: (value: number, of: number, isAtLeast: boolean) =>
    `${sessions(value)} of ${isAtLeast ? 'at least ' : ''}${users(of)}`,
  nothing: 'No live session matches. There is nothing to end.',
  everything: 'These are all live sessions of this service: every user is signed out.',
  examples: (value: number) => (value === 1 ? 'This one:' : `The newest ${count(value)}:`),
  except: (value: number) => `but ${count(value)} that ${value === 1 ? 'stays' : 'stay'} open`,
  type: (value: number) => `Type ${value} to confirm`,
  confirm: (value: number) => `End ${sessions(value)}`,
  progress: (done: number, of: number) => `${count(done)} of ${sessions(of)} ended`,
  stop: 'Stop',
  stopped: 'Stopped. What has ended stays ended.',
  done: (value: number) => `${sessions(value)} ended.`,
  left: 'More sessions match by now. Close this sheet and count again to end them too.',
  failed: (value: number) => `${sessions(value)} could not be ended.`,
  csv: 'Save as CSV',
} as const;

export const USER = {
  live: (value: number, isMore: boolean) => `${count(value)}${isMore ? ' or more' : ''} live`,
  band: 'The last 30 days, a bar for each session',
  noneLive: 'This user has no live session.',
  bandNone: 'No session in the last 30 days.',
  bandMore: (value: number) => `The newest ${count(value)} sessions.`,
  endOthers: 'End all others…',
  endAll: 'End all…',
  export: 'Export',
  exportByCommand: 'Export from a command line',
  erase: 'Erase…',
  eraseTitle: 'Erase everything about this user?',
  eraseLead: 'Deletes every session of this user, live and ended, with its values. This cannot be undone.',
  eraseType: 'Type the id of the user to confirm',
  eraseConfirm: 'Erase',
  erased: (value: number) => `${sessions(value)} deleted.`,
  keep: 'Open the session that stays, then end all others.',
  none: 'This user has no session.',
} as const;

export const HELP = {
  title: 'Keyboard shortcuts',
  turnOn: 'Shortcuts of a single key are on',
  keys: [
    ['/', 'Search'],
    ['j  k', 'Next and previous row'],
    ['Enter', 'Open the session of the row'],
    ['x', 'Select the row'],
    ['e', 'End the session of the row, or the selected ones'],
    ['Esc', 'Back: close what is open, then clear the selection'],
    ['?', 'This list'],
  ],
} as const;
