import { ACTOR_TYPES, type ActorType } from '@pip-sessions/contract/actor';
import { CLOSE_REASONS, type CloseReason } from '@pip-sessions/contract/close-reasons';
import type { SessionFilter } from '@pip-sessions/contract/v2';
import type { FlagParametersForType } from '@stricli/core';
import { isoTime } from '../../domain/time/iso-time.ts';
import { CommandError, EXIT_CODES } from './command-error.ts';
import type { OperatorContext } from './context.ts';

/** How a command reaches the sessions. */
export interface ConnectionFlags {
  readonly url: string | undefined;
  readonly key: string | undefined;
  readonly store: string | undefined;
  readonly config: string | undefined;
}

/** The format of the output. */
export interface OutputFlags {
  readonly json: boolean | undefined;
}

/** Selects live sessions. The names are those of API v2, with `-` for `_`. */
export interface LiveFilterFlags {
  readonly 'user-id': string | undefined;
  readonly 'user-name': string | undefined;
  readonly client: string | undefined;
  readonly address: string | undefined;
  readonly 'from-time': string | undefined;
  readonly 'to-time': string | undefined;
  readonly 'opened-after': string | undefined;
  readonly 'opened-before': string | undefined;
  readonly 'actor-type': ActorType | undefined;
  readonly 'actor-id': string | undefined;
  readonly 'expires-before': string | undefined;
  readonly 'expires-after': string | undefined;
}

/** Selects live and ended sessions. */
export interface FilterFlags extends LiveFilterFlags {
  readonly active: boolean | undefined;
  readonly ended: boolean | undefined;
  readonly 'close-reason': CloseReason | undefined;
  readonly 'closed-by': string | undefined;
}

type Flags<T> = FlagParametersForType<T, OperatorContext>;

/** Returns an option with any text as its value. */
export function text(placeholder: string, brief: string) {
  return { kind: 'parsed', parse: String, optional: true, placeholder, brief } as const;
}

/** Returns an option with a whole number as its value. */
export function whole(min: number, max: number, placeholder: string, brief: string) {
  const parse = (input: string): number => {
    const number = /^\d+$/.test(input) ? Number(input) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new Error(`must be a whole number from ${min} to ${max}`);
  };
  return { kind: 'parsed', parse, optional: true, placeholder, brief } as const;
}

/** Returns an option that is either given or not. */
export function given(brief: string) {
  return { kind: 'boolean', optional: true, withNegated: false, brief } as const;
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Returns an option with a time, or with a time span before (-1) or after (1) now, as its value. */
export function time(direction: -1 | 1, brief: string) {
  function parse(this: OperatorContext, input: string): string {
    const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(input) ?? [];
    if (count !== undefined) return isoTime(this.clock.now() + direction * Number(count) * Number(UNITS[unit]));
    const at = Date.parse(input);
    if (/^\d{4}-\d{2}-\d{2}/.test(input) && !Number.isNaN(at)) return isoTime(at);
    throw new Error('must be a time like 2026-01-31T12:00:00Z, or a time span like 30m, 2h or 7d');
  }
  return { kind: 'parsed', parse, optional: true, placeholder: 'time', brief } as const;
}

/** The address of a service on the same machine with default settings. */
export const DEFAULT_URL = 'http://127.0.0.1:8080';

export const CONNECTION: Flags<ConnectionFlags> = {
  url: text('url', `a running service; default SESSIONS_URL, or ${DEFAULT_URL}`),
  key: text('key', 'an API key of the service; default SESSIONS_KEY, which is safer: other users can see arguments'),
  store: text('url', 'the store itself, without a service: sqlite:<file>, postgres://… or redis://…'),
  config: text('file', 'the YAML file of settings for the store'),
};

/** The options of `doctor`, which examines the store of the settings unless a URL is given. */
export const EXAMINED: Flags<ConnectionFlags> = {
  url: text('url', 'a running service, instead of the settings and the store'),
  key: CONNECTION.key,
  store: text('url', 'the store; default the configured one'),
  config: text('file', 'the YAML file of settings'),
};

export const OUTPUT: Flags<OutputFlags> = { json: given('JSON for programs; lists as one line for each entry') };

export const LIVE_FILTER: Flags<LiveFilterFlags> = {
  'user-id': text('id', 'sessions of this user'),
  'user-name': text('text', 'whose user_name begins with this text, in any case of its letters'),
  client: text('text', 'with exactly this client'),
  address: text('address', 'from this IP address or CIDR block, or with exactly this address'),
  'from-time': time(-1, 'last active at this time or later, or within this time span: 2h'),
  'to-time': time(-1, 'last active before this time, or not within this time span: 7d'),
  'opened-after': time(-1, 'opened at this time or later, or within this time span: 2h'),
  'opened-before': time(-1, 'opened before this time, or not within this time span: 7d'),
  'actor-type': { kind: 'enum', values: ACTOR_TYPES, optional: true, brief: 'with an actor of this kind' },
  'actor-id': text('id', 'with this actor'),
  'expires-before': time(1, 'that end before this time without further activity, or within this time span'),
  'expires-after': time(1, 'that end at this time or later, or not within this time span'),
};

export const FILTER: Flags<FilterFlags> = {
  active: given('live sessions only'),
  ended: given('ended sessions only'),
  ...LIVE_FILTER,
  'close-reason': { kind: 'enum', values: CLOSE_REASONS, optional: true, brief: 'that ended for this reason' },
  'closed-by': text('who', 'that were ended by user, key:<name>, policy or system'),
};

const FILTER_NAMES = [...Object.keys(LIVE_FILTER), ...(['close-reason', 'closed-by'] as const)] as readonly (keyof Omit<
  FilterFlags,
  'active' | 'ended'
>)[];

/** Returns the filter of API v2. An option that was not given does not filter. */
export function filterOf(flags: LiveFilterFlags & Partial<FilterFlags>): SessionFilter {
  const { active, ended } = flags;
  if (active && ended) throw new CommandError('Use either --active or --ended.', EXIT_CODES.usage);
  const all = FILTER_NAMES.map((name) => [name.replaceAll('-', '_'), flags[name]] as const);
  return {
    ...((active || ended) && { active: active === true }),
    ...Object.fromEntries(all.filter(([, value]) => value !== undefined)),
  };
}

/** Returns the one positional argument of a command. */
export function one(placeholder: string, brief: string) {
  return { kind: 'tuple', parameters: [{ parse: String, placeholder, brief }] } as const;
}

/** Returns the one positional argument of a command, which may be missing. */
export function oneOrNone(placeholder: string, brief: string) {
  return { kind: 'tuple', parameters: [{ parse: String, optional: true, placeholder, brief }] } as const;
}
