import type { Clock } from '../../domain/time/clock.ts';
import type { AuditLog } from '../../observability/audit/audit-log.ts';
import type { Logger } from '../../observability/log.ts';
import type { IncidentCounts } from '../../observability/metrics/incident-counts.ts';
import { INCIDENT_KINDS, type Incident, type IncidentEvent } from './incidents.ts';
import { RecentClients } from './recent-clients.ts';

const INTERVAL_MS = 1_000;
/** Maximum number of lines of all clients in an interval, for each event. */
const LINES_OF_ALL_MAX = 20;
/** Incidents without a line are reported in a summary line after this time, if nothing more happens. */
const SUMMARY_DELAY_MS = 10_000;

interface Interval {
  start: number;
  lines: number;
}

/** The incidents of one event that one client has caused. */
interface Tally extends Interval {
  readonly address: string;
  latest: Incident;
  /** The number of incidents since the last line. */
  unlogged: number;
}

interface Account extends Interval {
  readonly tallies: RecentClients<Tally>;
  /** The number of unlogged incidents of clients that were evicted. */
  forgotten: number;
}

/**
 * Logs incidents that unknown callers can cause (ASVS 16.3.1, 16.3.2), at a bounded rate. For each event, a client may
 * cause a few lines a second, and all clients together a bounded number. Each line has the number of incidents of the
 * client that had no line.
 */
export class IncidentLog {
  readonly #log: Logger;
  readonly #audit: AuditLog | null;
  readonly #clock: Clock;
  readonly #accounts = new Map<IncidentEvent, Account>();
  readonly #counts: IncidentCounts | null;
  #isSummaryDue = false;

  /** Incidents that are audited have a line in `audit` too, at the same bounded rate. `counts` has all of them. */
  constructor(log: Logger, clock: Clock, audit: AuditLog | null = null, counts: IncidentCounts | null = null) {
    this.#log = log;
    this.#audit = audit;
    this.#clock = clock;
    this.#counts = counts;
    counts?.expect(Object.keys(INCIDENT_KINDS));
  }

  write(incident: Incident, address: string): void {
    this.#counts?.add(incident, this.#clock.now());
    const { level, lines_max } = INCIDENT_KINDS[incident.event];
    if (!this.#log.isLevelEnabled(level)) return;
    const account = this.#accountOf(incident.event);
    const tally = tallyOf(account, incident, address);
    tally.latest = incident;
    const now = this.#clock.now();
    if (hasLineLeft(tally, lines_max, now) && hasLineLeft(account, LINES_OF_ALL_MAX, now)) {
      tally.lines += 1;
      account.lines += 1;
      this.#writeLine(account, tally);
    } else {
      tally.unlogged += 1;
      this.#planSummary();
    }
  }

  #accountOf(event: IncidentEvent): Account {
    const known = this.#accounts.get(event);
    if (known) return known;
    const account = { tallies: new RecentClients<Tally>(), forgotten: 0, start: 0, lines: 0 };
    this.#accounts.set(event, account);
    return account;
  }

  #writeLine(account: Account, tally: Tally): void {
    const { latest, address, unlogged } = tally;
    const { level, msg } = INCIDENT_KINDS[latest.event];
    const { forgotten } = account;
    if (isAudited(latest)) {
      const { event, ...about } = latest;
      this.#audit?.write(event, { address, ...about, unlogged });
    }
    this.#log[level]({ ...latest, address, unlogged, ...(forgotten > 0 && { unlogged_elsewhere: forgotten }), msg });
    tally.unlogged = 0;
    account.forgotten = 0;
  }

  #planSummary(): void {
    if (this.#isSummaryDue) return;
    this.#isSummaryDue = true;
    setTimeout(() => this.#summarize(), SUMMARY_DELAY_MS).unref();
  }

  #summarize(): void {
    this.#isSummaryDue = false;
    for (const account of this.#accounts.values()) {
      const unlogged = [...account.tallies.values()].filter((tally) => tally.unlogged > 0);
      for (const tally of unlogged.slice(0, LINES_OF_ALL_MAX)) this.#writeLine(account, tally);
      if (unlogged.length > LINES_OF_ALL_MAX) this.#planSummary();
    }
  }
}

type AuditedIncident = Incident & {
  readonly event: 'authentication_failed' | 'authorization_failed' | 'compromised_session';
};

function isAudited(incident: Incident): incident is AuditedIncident {
  const { event } = incident;
  return event === 'authentication_failed' || event === 'authorization_failed' || event === 'compromised_session';
}

function tallyOf(account: Account, latest: Incident, address: string): Tally {
  const subject = 'session' in latest ? latest.session : address;
  const known = account.tallies.get(subject);
  if (known) return known;
  const tally = { address, latest, unlogged: 0, start: 0, lines: 0 };
  account.forgotten += account.tallies.set(subject, tally)?.unlogged ?? 0;
  return tally;
}

function hasLineLeft(interval: Interval, lines_max: number, now: number): boolean {
  if (now - interval.start >= INTERVAL_MS) {
    interval.start = now;
    interval.lines = 0;
  }
  return interval.lines < lines_max;
}
