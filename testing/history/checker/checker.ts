import { repeatableSessionId } from '../../../packages/service/src/domain/ids.ts';
import type { HistoryEvent, HistorySettings, Operation } from '../history.ts';
import { Knowledge } from './knowledge.ts';
import { checkScan } from './pages.ts';
import { checkResponse } from './responses.ts';
import { checkRest } from './rest.ts';
import { type Violation, ViolationError } from './violation.ts';

type Of<T extends HistoryEvent['type']> = Extract<HistoryEvent, { readonly type: T }>;

/**
 * Checks whether a history keeps the promises of the service. It reads the events one by one, ordered by `time`, does
 * no I/O, and remembers a session until the history retires it.
 */
export class Checker {
  readonly #known: Knowledge;
  readonly #isPart: boolean;

  /** `isPart` means that the history is only a part of one: then nothing follows from a missing event. */
  constructor(settings: HistorySettings, { isPart = false } = {}) {
    this.#isPart = isPart;
    this.#known = new Knowledge(settings, isPart);
  }

  /**
   * Returns the promise that the history breaks with this event; null if it breaks none. Do not call it after a
   * violation.
   */
  observe(event: HistoryEvent): Violation | null {
    try {
      this.#check(event);
      return null;
    } catch (error) {
      if (!(error instanceof ViolationError)) throw error;
      return this.#isPart && error.violation.is_absence ? null : error.violation;
    }
  }

  #check(event: HistoryEvent): void {
    const known = this.#known;
    switch (event.type) {
      case 'answered':
        checkResponse(known, event);
        return;
      case 'delivered':
        this.#deliver(event);
        return;
      case 'invoked':
        this.#invoke(event);
        return;
      case 'pages':
        checkScan(known, event, event.sessions);
        return;
      case 'rest':
        checkRest(known, event);
        return;
      case 'gap':
        known.feeds.begin(event.listener, event.time);
        return;
      case 'silent':
        known.feeds.end(event.listener);
        return;
      case 'watermark':
        known.feeds.watermark(event.listener, event.until);
        return;
      case 'clock':
        known.setClock(event.offset_ms);
        return;
      case 'emptied':
        known.empty();
        return;
      case 'retired':
        known.retire(event.numbers);
        return;
      case 'horizon':
        known.advance(event.start);
        return;
    }
  }

  #invoke({ operation, call, time }: Of<'invoked'>): void {
    const known = this.#known;
    known.pending.invoked(call, operation);
    switch (operation.kind) {
      case 'open':
        known.open(operation, idOf(operation), time);
        return;
      case 'remove':
        for (const session of known.allById(operation.id)) session.remove_invoked = true;
        return;
      case 'close':
        for (const session of known.allById(operation.id)) session.causes.add(operation.reason);
        return;
      case 'amend':
        for (const session of known.allById(operation.id)) {
          session.amend(operation.idle_timeout_ms, operation.expire_in_ms !== null);
        }
        return;
      case 'rotate':
        // From now on the session has a replaced token, whose use ends the session.
        for (const session of known.allById(operation.id)) session.causes.add('compromised');
        return;
      default:
        return;
    }
  }

  #deliver(event: Of<'delivered'>): void {
    const known = this.#known;
    known.feeds.deliver(event);
    // A late event may concern an earlier session with this id.
    const [session, another] = known.allById(event.id);
    if (another) return;
    const { revision, reason, time } = event;
    const sight = known.sightAt(time, time);
    if (!session) {
      if (reason !== null) known.endEarly(event.id, { reason, revision, close_time: null }, sight);
      return;
    }
    if (revision === null) session.gone_at = Math.min(session.gone_at, time);
    else if (reason !== null) known.end(session, { reason, revision, close_time: null }, sight);
    else if (session.end.revision !== null && revision > session.end.revision) {
      session.fail('end-never-changes', `revision ${revision} is published as live after its end`);
    } else session.revisions.seeLive(revision);
    if (revision !== null) session.stairs.raise(time, revision, 0);
  }
}

/** The id for an open request with an idempotency key is known before its response. */
function idOf({ user, key }: Extract<Operation, { readonly kind: 'open' }>): string | null {
  return key === null ? null : repeatableSessionId(user, key);
}
