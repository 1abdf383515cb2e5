/**
 * Session module for NestJS 11 and 12, over Express and over Fastify.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { UserSessionsModule } from '@pip-sessions/client/nest';
 *
 * // of the root module: @Module({ imports })
 * const imports = [UserSessionsModule.forRoot({ client: createSessionsClient({ url: 'http://localhost:8080', key }) })];
 */
import type { IncomingMessage } from 'node:http';
import {
  type CanActivate,
  ConfigurableModuleBuilder,
  createParamDecorator,
  type ExecutionContext,
  Inject,
  Module,
  type NestModule,
  UseGuards,
} from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import { checkedRequirement, type SessionRequirement } from '../middleware/requirement.ts';
import { type PassiveOption, toSettings, type UserSessionsOptions } from '../middleware/settings.ts';
import type { UserSession } from '../middleware/user-session.ts';
import { userSessions as inExpress } from './express.ts';
import { userSessions as inFastify } from './fastify.ts';
import { SessionErrorsFilter } from './nest-filter.ts';

export type { LoginOptions } from '../middleware/login-options.ts';
export { rejectionOf } from '../middleware/rejections/rejection-of.ts';
export { type RejectionCode, SessionRejection } from '../middleware/rejections/rejections.ts';
export type { SessionRequirement } from '../middleware/requirement.ts';
export type { CookieLifetime, PassiveOption, SessionsAccess, UserSessionsOptions } from '../middleware/settings.ts';
export type { SessionOf, UserSession } from '../middleware/user-session.ts';
export type { DevicesRequest } from '../v2/own-sessions.ts';
export { type EnteredUpgrade, upgradeSessions } from './node-upgrade.ts';

/** The properties that the requests of Express and of Fastify share. */
export type NestRequest = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

/** The options of `UserSessionsModule`. Only `client` is required. */
export type NestSessionsOptions = UserSessionsOptions & PassiveOption<NestRequest>;

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<NestSessionsOptions>({
  moduleName: 'UserSessions',
})
  .setClassMethodName('forRoot')
  .build();

/**
 * A module that finds the session of each request of the application, and responds to rejections. Import it once, in the
 * root module, with `forRoot(options)` or `forRootAsync({ imports, inject, useFactory })`. A request with a token gets a
 * 503 while the service is unavailable. The application does not start if an option is wrong: a `TypeError` names it.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { UserSessionsModule } from '@pip-sessions/client/nest';
 *
 * const module = UserSessionsModule.forRootAsync({
 *   useFactory: () => ({ client: createSessionsClient({ url: 'http://localhost:8080', key }) }),
 * });
 */
export class UserSessionsModule extends ConfigurableModuleClass implements NestModule {
  readonly #options: NestSessionsOptions;
  readonly #host: HttpAdapterHost;

  /** Nest creates the module. Throws a `TypeError` that names an option which is wrong. */
  constructor(options: NestSessionsOptions, host: HttpAdapterHost) {
    super();
    toSettings(options);
    this.#options = options;
    this.#host = host;
  }

  /** Nest calls this before it registers the routes. */
  async configure(): Promise<void> {
    const { httpAdapter } = this.#host;
    if (httpAdapter.getType() === 'fastify') await httpAdapter.getInstance().register(inFastify, this.#options);
    else httpAdapter.use(inExpress(this.#options));
  }
}

/**
 * A guard, which rejects a request without a live session, or if the user's authentication is too weak or too old
 * (RFC 9470), with a 401. Use it with `app.useGlobalGuards(new SessionGuard())` or `@UseGuards(SessionGuard)`. Throws a
 * `TypeError` that names a property of `requirement` which is wrong.
 */
export class SessionGuard implements CanActivate {
  readonly #requirement: SessionRequirement;

  /** `requirement` is empty by default: the request needs a live session. */
  constructor(requirement: SessionRequirement = {}) {
    this.#requirement = checkedRequirement(requirement);
  }

  /** Nest calls this before the handler. */
  canActivate(context: ExecutionContext): boolean {
    const rejection = userSessionOf(context.switchToHttp().getRequest()).rejection(this.#requirement);
    if (rejection) throw rejection;
    return true;
  }
}

/**
 * Decorates a controller or a handler, which then needs a live session that meets `requirement`. A handler must meet
 * the requirement of its controller too. Throws a `TypeError` that names a property of `requirement` which is wrong.
 *
 * @example
 * import { Post } from '@nestjs/common';
 * import { RequireSession } from '@pip-sessions/client/nest';
 *
 * class TransfersController { @Post() @RequireSession({ level: 2, max_age_s: 300 }) transfer() {} }
 */
export function RequireSession(requirement: SessionRequirement = {}): ClassDecorator & MethodDecorator {
  return UseGuards(new SessionGuard(requirement));
}

/**
 * Decorates a parameter of a handler, which gets the `UserSession` of the request.
 *
 * @example
 * import { CurrentSession, type UserSession } from '@pip-sessions/client/nest';
 *
 * class AccountController {
 *   me(@CurrentSession() { required }: UserSession) {
 *     return { user_id: required.user_id };
 *   }
 * }
 */
export const CurrentSession: () => ParameterDecorator = createParamDecorator((_: unknown, context: ExecutionContext) =>
  userSessionOf(context.switchToHttp().getRequest()),
);

/**
 * Returns the session of a request of Express or Fastify, for guards, interceptors and pipes of the application. Throws
 * an `Error` if `UserSessionsModule` is not imported.
 *
 * @example
 * import type { ExecutionContext } from '@nestjs/common';
 * import { userSessionOf } from '@pip-sessions/client/nest';
 *
 * const isSignedIn = (context: ExecutionContext) => userSessionOf(context.switchToHttp().getRequest()).current !== null;
 */
export function userSessionOf<User = unknown, Data = unknown>(request: object | undefined): UserSession<User, Data> {
  const { userSession } = (request ?? {}) as { readonly userSession?: UserSession<User, Data> };
  if (userSession) return userSession;
  throw new Error(
    'The request has no userSession: import UserSessionsModule.forRoot(…), and use it for HTTP requests.',
  );
}

// Node runs these sources as they are, and supports no decorators.
Inject(MODULE_OPTIONS_TOKEN)(UserSessionsModule, undefined, 0);
Inject(HttpAdapterHost)(UserSessionsModule, undefined, 1);
Module({ providers: [{ provide: APP_FILTER, useClass: SessionErrorsFilter }] })(UserSessionsModule);
