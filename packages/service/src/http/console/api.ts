import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Scope } from '@pip-sessions/contract/scopes';
import { RequestError } from '../../api/error-codes.ts';
import { existing } from '../../api/v2/route.ts';
import { sessionText } from '../../api/v2/wire.ts';
import { assertStorable } from '../../api/validation.ts';
import type { AuditEvent } from '../../domain/audit-event.ts';
import { invalidMember } from '../../domain/errors.ts';
import { randomText } from '../../domain/ids.ts';
import { fromJsonText } from '../../domain/json.ts';
import type { Session } from '../../domain/session.ts';
import { readJson } from '../body/json-request.ts';
import { discardBody } from '../body/unread-body.ts';
import { sendContent } from '../content.ts';
import { jsonContent } from '../endpoints/endpoints.ts';
import { servedAs } from '../methods.ts';
import { findRoute } from '../v2/router.ts';
import { readAuditPage } from './audit-page.ts';
import { noCookies } from './cookie.ts';
import { nodeHealth } from './health.ts';
import { recentHours } from './hours.ts';
import type { ConsoleHandlerOptions } from './options.ts';
import { assertFromConsole } from './origin.ts';
import {
  API_BASE,
  CONSOLE_OPERATIONS,
  CONSOLE_ROUTES,
  type ConsoleRoute,
  type PrivateRoute,
  type PublicRoute,
} from './routes.ts';
import type { ConsoleUser, SignIns } from './sign-ins.ts';
import { endWithSignIn } from './stream-end.ts';

const V2 = '/v2/';
const NOT_STORED = { 'cache-control': 'no-store' };
/** More than the longest key needs. */
const SIGN_IN_BYTES_MAX = 1_000;
const AUDIT_LINES_MAX = 500;
/** Pages send this header with requests that they repeat by themselves: these do not count as activity of the user. */
const BACKGROUND_HEADER = 'sessions-background';
const SESSION_PATH = /^\/sessions\/([^/]+)(\/reveal)?$/;
const FILE = 'file:';

type PublicAnswer = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;
type Answer = (request: IncomingMessage, response: ServerResponse, user: ConsoleUser, id: string) => Promise<unknown>;

/** The console's own API. Every request must come from a page of the console, and have its session. */
export class ConsoleApi {
  readonly #options: ConsoleHandlerOptions;
  readonly #signIns: SignIns;
  readonly #answers: Readonly<Record<PrivateRoute, Answer>>;
  readonly #publicAnswers: Readonly<Record<PublicRoute, PublicAnswer>>;

  constructor(options: ConsoleHandlerOptions & { readonly signIns: SignIns }) {
    this.#options = options;
    this.#signIns = options.signIns;
    // The names of hosts and the ids of processes may be the same in containers.
    const id = randomText(6);
    this.#answers = {
      'POST /sign-out': (request, response, user) => this.#signOut(request, response, user),
      'GET /health': () => nodeHealth(id, options.node, options.adminConsole, options.info, options.clock),
      'GET /hours': () => recentHours(options.adminConsole, options.node, options.clock),
      'GET /sessions/{id}': async (_request, _response, _user, id) => this.#withoutValues(await this.#session(id)),
      'POST /sessions/{id}/reveal': (request, _response, user, id) => this.#reveal(request, user, id),
      'GET /audit': (request) => this.#audit(request),
    };
    this.#publicAnswers = {
      'POST /sign-in': (request, response) => this.#signIn(request, response),
      'GET /me': (request) => this.#me(request),
    };
  }

  /** Sends the response to a path below the base. Returns its status; null if API v2 has taken the request. */
  async answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<number | null> {
    assertFromConsole(request);
    if (path.startsWith(V2)) {
      await this.#forward(request, response, path);
      return null;
    }
    const { route, id } = routeOf(request.method ?? '', path);
    const result = await (isPublic(route)
      ? this.#publicAnswers[route](request, response)
      : this.#run(route, request, response, id));
    if (result === null) response.writeHead(204, NOT_STORED).end();
    else sendContent(response, jsonContent(JSON.stringify(result), NOT_STORED));
    return result === null ? 204 : 200;
  }

  async #run(route: PrivateRoute, request: IncomingMessage, response: ServerResponse, id: string): Promise<unknown> {
    const user = await this.#userOf(request, CONSOLE_ROUTES[route]);
    await discardBody(request);
    return this.#answers[route](request, response, user, id);
  }

  /** Lets API v2 serve a request, with the rights of the user's key. */
  async #forward(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const { route } = findRoute(request.method ?? '', path);
    const needed = CONSOLE_OPERATIONS[route.name];
    if (needed === undefined) throw new RequestError('ResourceNotFound', `${path} is not part of its API.`);
    const isStream = route.name === 'followChanges';
    const { caller, session } = await this.#userOf(request, needed, isStream);
    // A key of scope `write` may find sessions here.
    this.#options.authenticator.admit(request, { ...caller, scope: route.scope });
    request.url = (request.url ?? '').slice(API_BASE.length);
    if (isStream && session) endWithSignIn(this.#options.sessions, this.#signIns, session.id, request, response);
    this.#options.v2(request, response);
  }

  async #userOf(request: IncomingMessage, needed: Scope, is_passive = false): Promise<ConsoleUser> {
    const user = await this.#signIns.userOf(request, is_passive || isBackground(request));
    const { key, scope, address } = user.caller;
    if (key !== null) this.#options.authenticator.assertScope({ name: key, scope }, needed, address);
    return user;
  }

  async #signIn(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    if (this.#signIns.isOpen) {
      await discardBody(request);
      return this.#describe(await this.#signIns.userOf(request, true));
    }
    const body = await readJson(request, SIGN_IN_BYTES_MAX);
    const key = (body as { key?: unknown } | null | undefined)?.key;
    if (typeof key !== 'string' || key === '') throw invalidMember('key', 'must be an API key');
    this.#options.requests.assertAuditable();
    const { cookie, ...user } = await this.#signIns.signIn(key.trim(), request);
    response.setHeader('set-cookie', cookie);
    this.#note(request, 'console_signed_in', user, null);
    return this.#describe(user);
  }

  /** Returns null without a sign-in. It is not an error, because browsers would log one when the console is opened. */
  async #me(request: IncomingMessage): Promise<object | null> {
    await discardBody(request);
    const user = await this.#signIns.findUser(request, isBackground(request));
    return user && this.#describe(user);
  }

  async #signOut(request: IncomingMessage, response: ServerResponse, user: ConsoleUser): Promise<null> {
    await this.#signIns.signOut(user);
    response.setHeader('set-cookie', noCookies());
    this.#note(request, 'console_signed_out', user, null);
    return null;
  }

  #describe({ caller, session }: ConsoleUser): object {
    const { info, adminConsole, node } = this.#options;
    const started = new Date(node.started).toISOString();
    const { audit_setting: audit, store_kind: store } = adminConsole;
    return {
      key: caller.key,
      scope: caller.scope,
      open: this.#signIns.isOpen,
      expires: session?.expire_time ? new Date(session.expire_time).toISOString() : null,
      service: { name: info.name, version: info.version, store, started },
      audit: audit?.startsWith(FILE) ? 'file' : audit,
    };
  }

  async #session(id: string): Promise<Session> {
    assertStorable('id', id);
    return existing(await this.#options.sessions.get(id));
  }

  /** Returns a session with the sizes of its values in place of the values. */
  #withoutValues({ user, data, ...session }: Session): object {
    const text = sessionText({ ...session, user: null, data: null }, this.#options.clock.now());
    const { user: _user, data: _data, ...summary } = JSON.parse(text);
    return { ...summary, user_bytes: bytesOf(user), data_bytes: bytesOf(data) };
  }

  async #reveal(request: IncomingMessage, user: ConsoleUser, id: string): Promise<object> {
    this.#options.requests.assertAuditable();
    const session = await this.#session(id);
    this.#note(request, 'session_revealed', user, session.id);
    return { user: fromJsonText(session.user), data: fromJsonText(session.data) };
  }

  async #audit({ url = '' }: IncomingMessage): Promise<object> {
    const { audit_setting } = this.#options.adminConsole;
    if (!audit_setting?.startsWith(FILE)) {
      throw new RequestError('ResourceNotFound', 'The audit log is not a file: see SESSIONS_AUDIT.');
    }
    const query = new URLSearchParams(url.split('?', 2)[1] ?? '');
    const limit = Number(query.get('limit') ?? 100);
    if (!(Number.isInteger(limit) && limit > 0 && limit <= AUDIT_LINES_MAX)) {
      throw invalidMember('limit', `must be an integer from 1 to ${AUDIT_LINES_MAX}`);
    }
    return readAuditPage(audit_setting.slice(FILE.length), query.get('before'), limit);
  }

  #note(request: IncomingMessage, event: AuditEvent, { caller }: ConsoleUser, session_id: string | null): void {
    const audit = { event, about: {} };
    const name = { request: event };
    this.#options.requests.audit(request, { name, isRead: false, status: 200, began: 0, caller, session_id, audit });
  }
}

function isBackground({ headers }: IncomingMessage): boolean {
  return headers[BACKGROUND_HEADER] !== undefined;
}

function isPublic(route: ConsoleRoute): route is PublicRoute {
  return CONSOLE_ROUTES[route] === 'public';
}

function routeOf(method: string, path: string): { readonly route: ConsoleRoute; readonly id: string } {
  const [, id = '', rest = ''] = SESSION_PATH.exec(path) ?? [];
  const route = `${servedAs(method)} ${id === '' ? path : `/sessions/{id}${rest}`}`;
  if (route in CONSOLE_ROUTES) return { route: route as ConsoleRoute, id };
  throw new RequestError('ResourceNotFound', 'The console does not serve this path or method.');
}

function bytesOf(value: string | null): number {
  return value === null ? 0 : Buffer.byteLength(value);
}
