import { HourlyIncidents } from './hourly-incidents.ts';

/** Incidents of callers whose key, scope, origin or token was rejected. */
const REFUSALS: ReadonlySet<string> = new Set([
  'authentication_failed',
  'authorization_failed',
  'page_refused',
  'unknown_token',
  'compromised_session',
]);

/** Counts incidents by their event, and rejected or failed requests by their error code. Both have few values. */
export class IncidentCounts {
  readonly events = new Map<string, number>();
  readonly codes = new Map<string, number>();
  /** Requests whose key, scope, origin or token was rejected. */
  readonly refused = new HourlyIncidents();
  /** Sign-ins of users who have as many sessions as the limit allows. */
  readonly limited = new HourlyIncidents();

  /** Makes events known before they happen: the rate of a counter that begins at 0 shows its first value. */
  expect(events: Iterable<string>): void {
    for (const event of events) if (!ofRequests(event)) this.events.set(event, this.events.get(event) ?? 0);
  }

  add(incident: { readonly event: string; readonly code?: string }, now: number): void {
    const { event, code } = incident;
    if (REFUSALS.has(event)) this.refused.add(now);
    if (code === 'SESSION_LIMIT') this.limited.add(now);
    if (ofRequests(event)) addTo(this.codes, code ?? '');
    else addTo(this.events, event);
  }
}

function ofRequests(event: string): boolean {
  return event === 'request_refused' || event === 'request_failed';
}

function addTo(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
