import { ACTOR_TYPES } from '@pip-sessions/contract/actor';
import { GIVEN_REASONS } from '@pip-sessions/contract/close-reasons';
import { buildCommand } from '@stricli/core';
import type { GivenJson } from './change-sessions.ts';
import { CONNECTION, FILTER, given, LIVE_FILTER, OUTPUT, one, oneOrNone, text, time, whole } from './parameters.ts';

const LIMIT_MAX = 1_000_000;
const PERIOD_MAX = 315_360_000;
const LEVEL_MAX = 1_000_000;

/** Options that several commands share. */
export const LIMIT = {
  limit: whole(1, LIMIT_MAX, 'n', 'the maximum number of sessions; default 100'),
  all: given('all sessions that match'),
};
export const CLOSING = {
  reason: { kind: 'enum', values: GIVEN_REASONS, optional: true, brief: 'the close_reason of the sessions' },
  by: text('who', 'the closed_by of the sessions; default key:<name of the API key>'),
} as const;
export const YES = given('do not ask');
const ID = one('id', 'the id of the session');

function json(placeholder: string, brief: string) {
  const parse = (input: string): GivenJson => {
    try {
      return { value: JSON.parse(input) };
    } catch {
      throw new Error('must be JSON, such as {"cart":[]}');
    }
  };
  return { kind: 'parsed', parse, optional: true, placeholder, brief } as const;
}

/** The commands for sessions. Each is loaded when it runs. */
export const SESSION_ROUTES = {
  list: buildCommand({
    loader: async () => (await import('./read-sessions.ts')).list,
    parameters: { flags: { ...FILTER, ...LIMIT, ...OUTPUT, ...CONNECTION } },
    docs: { brief: 'List sessions, the newest first' },
  }),
  show: buildCommand({
    loader: async () => (await import('./read-sessions.ts')).show,
    parameters: { flags: { ...OUTPUT, ...CONNECTION }, positional: ID },
    docs: { brief: 'Show a session with its user and data' },
  }),
  open: buildCommand({
    loader: async () => (await import('./change-sessions.ts')).open,
    parameters: {
      flags: {
        'user-name': text('text', 'the name of the user to show'),
        address: text('address', 'where the user signed in'),
        client: text('text', 'the device or program of the user'),
        'idle-timeout': whole(1, PERIOD_MAX, 'seconds', 'the session ends after this time without activity'),
        'expire-time': time(1, 'the session ends at this time, or after this time span: 8h'),
        user: json('json', 'the value about the user'),
        data: json('json', 'the value for the session'),
        'auth-method': { ...text('name', 'how the user authenticated, such as pwd; may be repeated'), variadic: true },
        'auth-level': whole(0, LEVEL_MAX, 'n', 'how strong the authentication was'),
        'actor-type': { kind: 'enum', values: ACTOR_TYPES, optional: true, brief: 'the kind of the actor' },
        'actor-id': text('id', 'who acts in the name of the user'),
        'actor-reason': text('text', 'why the actor acts'),
        ...OUTPUT,
        ...CONNECTION,
      },
      positional: one('user_id', 'the id of the user'),
    },
    docs: { brief: 'Open a session and print its token' },
  }),
  validate: buildCommand({
    loader: async () => (await import('./read-sessions.ts')).validate,
    parameters: {
      flags: { touch: given('counts as activity of the user'), ...OUTPUT, ...CONNECTION },
      positional: oneOrNone('token', 'the token; safer on the standard input, which other users cannot see'),
    },
    docs: { brief: 'Check a token: exit code 0 if it is valid, 3 if it is unknown, 4 if its session has ended' },
  }),
  close: buildCommand({
    loader: async () => (await import('./change-sessions.ts')).close,
    parameters: { flags: { ...CLOSING, ...OUTPUT, ...CONNECTION }, positional: ID },
    docs: { brief: 'End a session and keep its record' },
  }),
  'close-many': buildCommand({
    loader: async () => (await import('./close-many.ts')).closeMany,
    parameters: {
      flags: {
        ...LIVE_FILTER,
        all: given('the sessions of all users, instead of a filter'),
        'dry-run': given('show what matches, and close nothing'),
        yes: YES,
        ...CLOSING,
        ...OUTPUT,
        ...CONNECTION,
      },
    },
    docs: {
      brief: 'End the live sessions that match, after a question',
      fullDescription:
        'Ends the live sessions that match. It shows them first, and asks to type their number. Without a terminal it closes nothing unless --yes is given.',
    },
  }),
  delete: buildCommand({
    loader: async () => (await import('./change-sessions.ts')).remove,
    parameters: { flags: { ...OUTPUT, ...CONNECTION }, positional: ID },
    docs: { brief: 'Delete a session, live or ended' },
  }),
} as const;
