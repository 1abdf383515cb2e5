import { count } from '../texts.ts';

const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });

function seconds(value: number): string {
  if (value < 0.001) return 'below 1 ms';
  return value < 1 ? `${count(Math.round(value * 1_000))} ms` : `${count(Math.round(value * 10) / 10)} s`;
}

export const NODES = {
  title: 'Nodes',
  hint: 'The nodes that have responded to this page within 15 minutes. A proxy decides which node responds, so there may be others.',
  columns: ['Node', 'State', 'Version', 'Running for', 'Lag', 'Change streams', 'Hit rate', 'Last response'],
  process: (pid: number) => `process ${pid}`,
  ready: 'Ready',
  notReady: 'Not ready',
} as const;

export const HEALTH = {
  ready: 'This node is ready.',
  notReady: 'This node is not ready.',
  notReadyHint: 'Send requests to another node meanwhile: load balancers see it at /readyz.',
  onlyNode: 'A store of this kind belongs to one process, so there is no other node.',
  thisNode: (host: string, pid: number) =>
    `These are the figures of ${host}, process ${pid}, the only node that has responded to this page. A proxy decides which node responds, so there may be others.`,
  shownNode: (host: string, pid: number) => `These are the figures of ${host}, process ${pid}.`,
  table: 'Figures of this node',
  figure: 'Figure',
  value: 'Value',
  meaning: 'What it means, and when to worry',
  none: 'no cache',
  noneYet: 'none yet',
  rows: {
    version: {
      name: 'Version',
      meaning: 'All nodes of a store should run the same version, except during an update.',
    },
    uptime: {
      name: 'Running for',
      meaning: 'Since the last start. A short time that nobody can explain is a crash: look at the log before it.',
    },
    live: {
      name: 'Live sessions',
      meaning: 'Counted in the store, at most every 10 s. Worry about a fall that no end of sessions explains.',
    },
    lag: {
      name: 'Lag of the feed',
      meaning:
        'How old the latest change is that this node surely knows. Above 3 s, caches ask the store for each session.',
    },
    gaps: {
      name: 'Gaps of the feed',
      meaning:
        'How often the feed was interrupted since the start. Caches begin empty after each. Worry if it grows every few minutes.',
    },
    listeners: {
      name: 'Change streams',
      meaning:
        'Open streams of changes: clients with a cache, and pages of this console. At 5,000 further ones get a 429.',
    },
    connections: {
      name: 'Connections',
      meaning: 'Open HTTP connections. At SESSIONS_CONNECTIONS_MAX the longest idle ones are closed.',
    },
    hits: {
      name: 'Hit rate of the cache',
      meaning:
        'Validations that this node answered from its memory. A low rate with much traffic means many different sessions, or gaps.',
      none: 'A store in this process needs no cache.',
    },
    delivery: {
      name: 'Delivery of a change',
      meaning:
        'Within this time after their commit, 99 of 100 changes were sent to the listeners. Above 1 s, the node or its network is too busy.',
    },
    sweep: {
      name: 'Last sweep',
      meaning:
        'Records the ends of sessions past their deadline, and deletes old ones. Only one node does it at a time.',
    },
    clock: {
      name: 'Clock of this computer',
      meaning: 'Compared with the node. Pages show ages by the clock of the node, so a difference does no harm here.',
    },
  },
  uptime: (span: string, start: string) => `${span}, since ${start}`,
  lag: (value: number) => (value < 0.001 ? 'none' : seconds(value)),
  seconds,
  hits: (hits: number, misses: number) => `${percent.format(hits / (hits + misses))} of ${count(hits + misses)}`,
  sweep: (ago: string, closed: number, purged: number) => `${ago}: ${count(closed)} ended, ${count(purged)} deleted`,
  sweepOff: 'off',
  noSweep: 'none by this node yet',
  clockOff: (span: string, isAhead: boolean) => `${span} ${isAhead ? 'behind' : 'ahead of'} the node`,
  clockRight: 'agrees',
} as const;
