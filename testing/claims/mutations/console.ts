import { HTTP, SERVICE } from '../../mutations/text-mutation.ts';
import type { ClaimMutation } from '../claim-mutation.ts';

const CONSOLE = `${HTTP}/console`;

/** The console: its sign-in, its API and what it shows. */
export const CONSOLE_CLAIMS: readonly ClaimMutation[] = [
  {
    id: 'N-01',
    name: 'scripts can read the cookie',
    test: 'a key is exchanged',
    file: `${CONSOLE}/cookie.ts`,
    find: '; HttpOnly; SameSite=Strict`;',
    replace: '; SameSite=Strict`;',
  },
  {
    id: 'N-01',
    name: 'a key is accepted by plain http from another machine',
    test: 'behind a proxy with https',
    file: `${CONSOLE}/origin.ts`,
    find: "if (protocol === 'http:' && (isLoopback(name) || name.endsWith('.localhost'))) return false;",
    replace: "if (protocol === 'http:') return false;",
  },
  {
    id: 'N-02',
    name: 'pages of other origins use the API of the console',
    file: `${CONSOLE}/origin.ts`,
    find: 'new URL(origin).host === host) return;',
    replace: 'host !== undefined) return;',
  },
  {
    id: 'N-02',
    name: 'pages of the same site use the API of the console',
    file: `${CONSOLE}/origin.ts`,
    find: "if (site === 'same-origin') return;",
    replace: "if (site === 'same-origin' || site === 'same-site') return;",
  },
  {
    id: 'N-03',
    name: 'a key of scope write ends many sessions in the console',
    file: `${CONSOLE}/routes.ts`,
    find: "closeSessions: 'admin',",
    replace: "closeSessions: 'write',",
  },
  {
    id: 'N-03',
    name: 'the console needs no session',
    file: `${CONSOLE}/sign-ins.ts`,
    find: "if (found === null) throw new RequestError('UNAUTHORIZED', 'Sign in to the console with an API key.');",
    replace: "if (found === null) return { caller: openTo(''), session: null };",
  },
  {
    id: 'N-04',
    name: 'the session of a replaced key stays signed in',
    test: 'a console of a removed',
    file: `${CONSOLE}/sign-ins.ts`,
    find: 'return key && session.data === toJsonText(fingerprintOf(key)) ? { key, session } : null;',
    replace: 'return key && { key, session };',
  },
  {
    id: 'N-04',
    name: 'an application opens a session of the console',
    test: 'an application cannot open',
    file: `${SERVICE}/domain/open-request.ts`,
    find: 'if (!request.is_of_console) assertOfApplication(request.user_id);',
    replace: '',
  },
  {
    id: 'N-05',
    name: 'a reveal is not audited',
    file: `${CONSOLE}/api.ts`,
    find: "this.#note(request, 'session_revealed', user, session.id);",
    replace: '',
  },
  {
    id: 'N-05',
    name: 'a session is shown with its values',
    file: `${CONSOLE}/api.ts`,
    find: 'sessionText({ ...session, user: null, data: null }, this.#options.clock.now());\n    const { user: _user, data: _data, ...summary } = JSON.parse(text);',
    replace:
      'sessionText({ ...session, user, data }, this.#options.clock.now());\n    const summary = JSON.parse(text);',
  },
  {
    id: 'N-06',
    name: 'the change stream stays open after the sign-out',
    test: 'the change stream of a console',
    file: `${CONSOLE}/stream-end.ts`,
    find: "else if (change.id === id && (change.type === 'removed' || change.close_reason !== null)) response.destroy();",
    replace: '',
  },
  {
    id: 'N-06',
    name: 'requests that a page repeats keep the console signed in',
    test: 'requests that a page repeats',
    file: `${CONSOLE}/api.ts`,
    find: 'return headers[BACKGROUND_HEADER] !== undefined;',
    replace: 'return headers[BACKGROUND_HEADER] === null;',
  },
];
