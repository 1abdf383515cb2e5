import type { SessionFilter } from '../../../packages/service/src/domain/store.ts';
import type { Operation } from '../history.ts';
import type { Intent } from '../plan/intents.ts';
import type { Held, Slot, Slots } from './slots.ts';

const CLIENTS = ['phone', 'laptop', 'tablet'] as const;
const ADDRESSES = ['10.0.0.1', '10.0.0.2'] as const;
/** The share of calls for the previous session of a slot, and for a session that no slot has any more. */
const PREVIOUS_PART = 0.12;
const ELDERS_PART = 0.2;
const ALL_AT_ONCE = 1_000;
const BYTES_MAX = 65_536;
const GARBAGE = `ps_${'0'.repeat(36)}_${'A'.repeat(43)}`;

/** Turns a client's intent into a call on the current session of its slot. `call` is the number of the call. */
export function operationOf(intent: Intent, slot: Slot, slots: Slots, call: number): Operation {
  const { kind, variant } = intent;
  const [choice, held] = chosen(intent, slot, slots);
  switch (kind) {
    case 'list':
      return { kind, filter: filterOf(slot, variant), ...pageOf(choice) };
    case 'scan':
      return { kind, filter: scanFilterOf(slot, variant), after: null, take: 1 + Math.floor(choice * 12) };
    case 'count':
      return { kind, filter: filterOf(slot, variant) };
    case 'closeExpired':
    case 'sweep':
    case 'stats':
      return { kind };
    case 'open':
      return open(intent, slot, call, variant < 0.3 ? keyOf(slot, call) : null);
    case 'openAgain':
      return open(intent, slot, call, slot.key ?? keyOf(slot, call));
    default:
      return held ? onSession({ ...intent, choice }, held, call) : open(intent, slot, call, null);
  }
}

/** The session for a call, and the remaining part of the random choice. */
function chosen({ kind, choice }: Intent, slot: Slot, slots: Slots): [choice: number, held: Held | null] {
  const isRead = kind === 'get' || kind === 'validate' || kind === 'cached';
  const [elders, previous] = [isRead ? ELDERS_PART : 0, PREVIOUS_PART];
  if (choice < elders) return [choice / elders, slots.elder(choice / elders) ?? slot.held];
  if (choice < elders + previous) return [(choice - elders) / previous, slot.previous ?? slot.held];
  return [(choice - elders - previous) / (1 - elders - previous), slot.held];
}

function keyOf({ user }: Slot, call: number): string {
  return `idempotency-key-of-${user}-${call}`;
}

function open(intent: Intent, slot: Slot, call: number, key: string | null): Operation {
  const { variant, choice, idle_timeout_ms, expire_in_ms } = intent;
  if (key !== null) slot.key = key;
  return {
    kind: 'open',
    user: slot.user,
    number: call,
    key,
    has_token: key !== null || choice < 0.85,
    idle_timeout_ms,
    expire_in_ms,
    address: ADDRESSES[Math.floor(variant * ADDRESSES.length)] ?? ADDRESSES[0],
    client: CLIENTS[Math.floor(choice * CLIENTS.length)] ?? CLIENTS[0],
    data: JSON.stringify({ opened: call }),
  };
}

function onSession(intent: Intent, held: Held, call: number): Operation {
  const { kind, variant, choice } = intent;
  const { id } = held;
  switch (kind) {
    case 'touch':
    case 'remove':
      return { kind, id };
    case 'close':
      return { kind, id, reason: variant < 0.5 ? 'closed' : 'revoked' };
    case 'replace': {
      const member = variant < 0.7 ? 'data' : 'user';
      return { kind, id, member, value: JSON.stringify({ [`k${call % 5}`]: call }), revision: ifMatch(held, choice) };
    }
    case 'patch': {
      const patch = JSON.stringify({ [`k${call % 5}`]: variant < 0.2 ? null : call });
      return { kind, id, patch, bytes_max: variant > 0.98 ? 4 : BYTES_MAX, revision: ifMatch(held, choice) };
    }
    case 'amend':
      return amend(intent, held);
    case 'closeMatching':
      return closeMatching(held, variant, choice);
    case 'validate':
    case 'cached':
    case 'rotate':
      return withToken(kind, held, variant, choice);
    default:
      return { kind: 'get', id };
  }
}

/** Often none; otherwise the known revision or the one before. */
function ifMatch({ revision }: Held, choice: number): number | null {
  if (choice > 0.5) return null;
  return choice < 0.4 ? revision : Math.max(1, revision - 1);
}

function withToken(kind: 'validate' | 'cached' | 'rotate', held: Held, variant: number, choice: number): Operation {
  const { id, tokens } = held;
  const newest = tokens.length - 1;
  if (newest < 0) return { kind: 'get', id };
  const back = variant < 0.8 ? 0 : variant < 0.95 ? 1 : 3;
  const at = kind === 'cached' ? newest : Math.max(0, newest - back);
  const token = tokens[at] ?? GARBAGE;
  const rotations = tokens[at] === undefined ? null : at;
  if (kind === 'cached') return { kind, id, token, rotations };
  if (kind === 'rotate')
    return { kind, id, token, rotations, level: choice < 0.3 ? 1 + Math.floor(choice * 10) : null };
  if (variant > 0.99) return { kind, id, token: `ps_${id}_${'A'.repeat(43)}`, rotations: null, age_ms_max: null };
  const age_ms_max = choice < 0.25 ? 0 : choice < 0.4 ? 100 : null;
  return { kind, id, token, rotations, age_ms_max };
}

/** Changes the deadlines or the device of a session. */
function amend({ variant, choice, idle_timeout_ms, expire_in_ms }: Intent, held: Held): Operation {
  return {
    kind: 'amend',
    id: held.id,
    idle_timeout_ms: variant < 0.6 ? idle_timeout_ms : null,
    expire_in_ms: variant > 0.4 ? expire_in_ms : null,
    client: variant > 0.5 ? (CLIENTS[Math.floor(choice * CLIENTS.length)] ?? null) : null,
    revision: ifMatch(held, choice),
  };
}

function closeMatching({ id, user }: Held, variant: number, choice: number): Operation {
  const client = CLIENTS[Math.floor(choice * CLIENTS.length)] ?? CLIENTS[0];
  const filters: readonly SessionFilter[] = [{ user_id: user }, { user_id: user, client }, { id }, { client }];
  const filter = filters[Math.floor(variant * filters.length)] ?? { id };
  return {
    kind: 'closeMatching',
    filter,
    except: choice < 0.5 && filter.id === undefined ? [id] : [],
    reason: choice < 0.8 ? 'revoked' : 'closed',
    limit: filter.user_id === undefined ? 2 : 1 + Math.floor(choice * 10),
    dry_run: choice > 0.7,
  };
}

/** Mostly the live sessions of one user, which the limit concerns. */
function filterOf({ user }: Slot, variant: number): SessionFilter {
  if (variant < 0.65) return { user_id: user, active: true };
  if (variant < 0.85) return { user_id: user };
  return variant < 0.93 ? { active: true } : {};
}

function scanFilterOf(slot: Slot, variant: number): SessionFilter {
  return variant < 0.93 ? filterOf(slot, variant) : { client: CLIENTS[0] };
}

function pageOf(choice: number) {
  if (choice < 0.7) return { skip: 0, take: ALL_AT_ONCE, total: choice < 0.2 };
  return { skip: Math.floor(choice * 5), take: 1 + Math.floor(choice * 7), total: choice < 0.8 };
}
