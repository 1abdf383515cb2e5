import { CLOSE_REASONS } from '@pip-sessions/contract/close-reasons';
import { SCOPES } from '@pip-sessions/contract/scopes';
import { buildCommand, buildRouteMap } from '@stricli/core';
import { CHANGE_KINDS } from '../../api/v2/change-kinds.ts';
import { CONNECTION, EXAMINED, given, LIVE_FILTER, OUTPUT, one, text, whole } from './parameters.ts';
import { CLOSING, LIMIT, SESSION_ROUTES, YES } from './session-routes.ts';

const USER = one('user_id', 'the id of the user');
const CONFIG = { config: text('file', 'the YAML file of settings') };
const CHANGES_MAX = 1_000_000;
const INTERVAL_S_MAX = 3_600;

const user = buildRouteMap({
  routes: {
    sessions: buildCommand({
      loader: async () => (await import('./user.ts')).userSessions,
      parameters: {
        flags: {
          active: given('live sessions only'),
          ended: given('ended sessions only'),
          ...LIMIT,
          ...OUTPUT,
          ...CONNECTION,
        },
        positional: USER,
      },
      docs: { brief: 'List the sessions of a user' },
    }),
    'sign-out': buildCommand({
      loader: async () => (await import('./user.ts')).signOut,
      parameters: {
        flags: {
          except: { ...text('id', 'a session that stays open; may be repeated'), variadic: true },
          ...CLOSING,
          ...OUTPUT,
          ...CONNECTION,
        },
        positional: USER,
      },
      docs: { brief: 'End all live sessions of a user' },
    }),
    export: buildCommand({
      loader: async () => (await import('./user.ts')).exportUser,
      parameters: { flags: CONNECTION, positional: USER },
      docs: { brief: 'Print everything that is stored about a user, as lines of JSON' },
    }),
    erase: buildCommand({
      loader: async () => (await import('./user.ts')).eraseUser,
      parameters: { flags: { yes: YES, ...OUTPUT, ...CONNECTION }, positional: USER },
      docs: { brief: 'Delete everything that is stored about a user, after a question' },
    }),
  },
  docs: { brief: 'All sessions of one user' },
});

const config = buildRouteMap({
  routes: {
    check: buildCommand({
      loader: async () => (await import('./settings.ts')).checkSettings,
      parameters: { flags: { ...CONFIG, ...OUTPUT } },
      docs: { brief: 'Check the settings as the start does, without a start' },
    }),
    print: buildCommand({
      loader: async () => (await import('./settings.ts')).printSettings,
      parameters: { flags: { ...CONFIG, ...OUTPUT } },
      docs: { brief: 'Print the settings in force, without passwords and keys' },
    }),
  },
  docs: { brief: 'The settings of the service' },
});

const STORE = { store: EXAMINED.store, config: EXAMINED.config };

const store = buildRouteMap({
  routes: {
    check: buildCommand({
      loader: async () => (await import('./store/check.ts')).checkStore,
      parameters: { flags: { ...OUTPUT, ...STORE } },
      docs: { brief: 'Read everything in a store, and report what is wrong' },
    }),
    migrate: buildCommand({
      loader: async () => (await import('./store/migrate.ts')).migrateStore,
      parameters: {
        flags: { 'dry-run': given('show the versions only'), yes: YES, ...OUTPUT, ...STORE },
      },
      docs: { brief: 'Migrate the schema of a store to this version, after a question' },
    }),
    compact: buildCommand({
      loader: async () => (await import('./store/compact.ts')).compactStore,
      parameters: { flags: { ...OUTPUT, ...STORE } },
      docs: { brief: 'Free the space that deleted sessions have left in a store' },
    }),
  },
  docs: { brief: 'Work on a whole store, without a service' },
});

const key = buildRouteMap({
  routes: {
    create: buildCommand({
      loader: async () => (await import('./keys.ts')).createKey,
      parameters: {
        flags: {
          name: { kind: 'parsed', parse: String, placeholder: 'name', brief: 'who will use the key' },
          scope: { kind: 'enum', values: SCOPES, brief: 'what the key allows; each includes the ones before it' },
          expires: text('when', 'when the key ends: after days (90d), or at a time (2027-01-31, 2027-01-31T12:00Z)'),
          ...OUTPUT,
        },
      },
      docs: { brief: 'Create an API key and print it, once' },
    }),
    list: buildCommand({
      loader: async () => (await import('./keys.ts')).listKeys,
      parameters: { flags: { url: CONNECTION.url, key: CONNECTION.key, ...CONFIG, ...OUTPUT } },
      docs: { brief: 'List the API keys of a running service with their last use, or those of the settings' },
    }),
  },
  docs: { brief: 'API keys' },
});

const completion = buildCommand({
  loader: async () => (await import('./completion.ts')).completion,
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, placeholder: 'shell', brief: 'bash, zsh or fish' }],
    },
  },
  docs: { brief: 'Print a script that completes commands and options in a shell' },
});

/** All commands for operators. */
export const ROUTES = buildRouteMap({
  routes: {
    ...SESSION_ROUTES,
    user,
    stats: buildCommand({
      loader: async () => (await import('./stats.ts')).stats,
      parameters: { flags: { ...OUTPUT, ...CONNECTION } },
      docs: { brief: 'Show how many sessions are live, were opened and have ended' },
    }),
    tail: buildCommand({
      loader: async () => (await import('./tail.ts')).tail,
      parameters: {
        flags: {
          'user-id': text('id', 'changes of sessions of this user'),
          reason: { kind: 'enum', values: CLOSE_REASONS, optional: true, brief: 'sessions that end for this reason' },
          kind: {
            kind: 'enum',
            values: CHANGE_KINDS,
            optional: true,
            variadic: true,
            brief: 'changes of this kind; may be repeated',
          },
          limit: whole(1, CHANGES_MAX, 'n', 'end after this number of changes'),
          ...OUTPUT,
          ...CONNECTION,
        },
      },
      docs: { brief: 'Print changes of sessions as they happen' },
    }),
    top: buildCommand({
      loader: async () => (await import('./top.ts')).top,
      parameters: {
        flags: {
          interval: whole(1, INTERVAL_S_MAX, 'seconds', 'the time between two looks; default 2'),
          ...LIVE_FILTER,
          ...CONNECTION,
        },
      },
      docs: { brief: 'Show figures and the newest live sessions, again and again' },
    }),
    doctor: buildCommand({
      loader: async () => (await import('./doctor/doctor.ts')).doctor,
      parameters: { flags: { ...OUTPUT, ...EXAMINED } },
      docs: { brief: 'Find what is wrong with the settings, the store, or a running service' },
    }),
    store,
    config,
    key,
    completion,
  },
  docs: { brief: 'Read and change sessions, at a running service or in a store' },
});
