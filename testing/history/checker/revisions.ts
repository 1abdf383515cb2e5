import type { Operation, Seen, Values } from '../history.ts';
import { isSameValue, mergedText } from './merge-values.ts';
import type { Failing } from './violation.ts';

type Change = Extract<Operation, { readonly kind: 'replace' | 'patch' | 'amend' }>;

/** Properties that only an amendment changes. */
type Traits = Pick<Seen, 'idle_timeout_ms' | 'expire_time' | 'client' | 'address'>;

/** The changes that made the revisions of one session, and its content at each revision. */
export class Revisions {
  readonly #session: Failing;
  /** The highest revision at which the session was live. */
  live_max = 0;
  /** The number of changes whose outcome is unknown. */
  unknown = 0;
  readonly #values = new Map<number, Values>();
  readonly #traits = new Map<number, Traits>();
  readonly #levels = new Map<number, number | null>();
  readonly #changes = new Map<number, number>();
  readonly #tokens = new Set<string>();
  #responded = 0;

  constructor(session: Failing) {
    this.#session = session;
  }

  seeLive(revision: number): void {
    if (revision > this.live_max) this.live_max = revision;
  }

  /** How many revisions are known to come from changes and rotations. */
  get made(): number {
    return this.#responded + this.#tokens.size;
  }

  /** Every response shows the same content at the same revision. */
  show(seen: Seen): void {
    const { revision, auth_level, values } = seen;
    const traits = this.#traits.get(revision);
    if (!traits) this.#traits.set(revision, seen);
    else this.#assertTraits(revision, traits, seen);
    if (auth_level !== undefined) {
      const level = this.#levels.get(revision);
      if (level === undefined) this.#levels.set(revision, auth_level);
      else if (level !== auth_level) {
        this.#session.fail(
          'write-survives',
          `revision ${revision} is shown with auth_level ${level} and with ${auth_level}`,
        );
      }
    }
    if (values) this.#showValues(revision, values, seen.close_reason !== null);
  }

  #showValues(revision: number, values: Values, hasEnded: boolean): void {
    const { data, user } = values;
    if (hasEnded) {
      if (data !== null || user !== null) this.#session.fail('response', 'it has ended, but still has user or data');
      return;
    }
    const before = this.#values.get(revision);
    if (!before) this.#values.set(revision, values);
    else if (!isSameValue(before.data, data) || !isSameValue(before.user, user)) {
      const texts = `${textOf(before)} and ${textOf(values)}`;
      this.#session.fail('write-survives', `revision ${revision} is shown with two contents: ${texts}`);
    }
  }

  /** A change succeeded and made this revision. */
  change(call: number, operation: Change, revision: number): void {
    const other = this.#changes.get(revision);
    if (other !== undefined && other !== call) {
      this.#session.fail('revision-has-one-change', `calls ${other} and ${call} both made revision ${revision}`);
    }
    this.#changes.set(revision, call);
    this.#responded += 1;
    if (operation.revision !== null && revision !== operation.revision + 1) {
      const message = `a change with If-Match ${operation.revision} made revision ${revision}`;
      this.#session.fail('if-match', message);
    }
    this.#assertEffect(operation, revision);
  }

  /** A rotation succeeded; other rotations of the same token return the same new token. */
  rotate(token: string): void {
    this.#tokens.add(token);
  }

  /** No later read will show an earlier revision. */
  forgetBelow(revision: number): void {
    for (const map of [this.#values, this.#traits, this.#levels, this.#changes]) {
      if (map.size < 16) continue;
      for (const known of map.keys()) if (known < revision - 1) map.delete(known);
    }
  }

  #assertEffect(operation: Change, revision: number): void {
    const after = this.#values.get(revision);
    const before = this.#values.get(revision - 1);
    const [traits, traitsBefore] = [this.#traits.get(revision), this.#traits.get(revision - 1)];
    if (!after || !traits) return;
    if (operation.kind === 'amend') {
      const { idle_timeout_ms, expire_in_ms, client } = operation;
      if (traitsBefore) {
        this.#assertTraits(revision, traits, {
          address: traitsBefore.address,
          client: client ?? traitsBefore.client,
          idle_timeout_ms: idle_timeout_ms ?? traitsBefore.idle_timeout_ms,
          // The node computes this time with its own clock.
          expire_time: expire_in_ms === null ? traitsBefore.expire_time : traits.expire_time,
        });
      }
      if (!before) return;
      for (const member of ['data', 'user'] as const) this.#assertSame(revision, member, after, before[member]);
      return;
    }
    if (traitsBefore) this.#assertTraits(revision, traits, traitsBefore);
    if (operation.kind === 'replace') {
      const { member, value } = operation;
      const other = member === 'data' ? 'user' : 'data';
      this.#assertSame(revision, member, after, value);
      if (before) this.#assertSame(revision, other, after, before[other]);
    } else if (before) {
      this.#assertSame(revision, 'data', after, mergedText(before.data, operation.patch));
      this.#assertSame(revision, 'user', after, before.user);
    }
  }

  #assertTraits(revision: number, shown: Traits, expected: Traits): void {
    for (const part of ['idle_timeout_ms', 'expire_time', 'client', 'address'] as const) {
      if (shown[part] === expected[part]) continue;
      this.#session.fail('write-survives', `revision ${revision} has ${part} ${shown[part]}, not ${expected[part]}`);
    }
  }

  #assertSame(revision: number, member: 'data' | 'user', shown: Values, expected: string | null): void {
    if (isSameValue(shown[member], expected)) return;
    const message = `revision ${revision} has ${member} ${shown[member]}, but its change results in ${expected}`;
    this.#session.fail('write-survives', message);
  }
}

function textOf({ data, user }: Values): string {
  return `data ${data} user ${user}`;
}
