import { rejectionOf } from '../middleware/rejections/rejection-of.ts';
import type { SessionRejection } from '../middleware/rejections/rejections.ts';
import type { UserSession } from '../middleware/user-session.ts';

/**
 * Returns the same session, which reports each rejection that it throws. React Router turns errors of loaders and actions
 * into responses, so middleware does not see them.
 */
export function withRejections(userSession: UserSession, report: (rejection: SessionRejection) => void): UserSession {
  const reportRejection = (error: unknown) => {
    const rejection = rejectionOf(error);
    if (rejection) report(rejection);
  };
  return new Proxy(userSession, {
    get(target, name) {
      try {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...input: unknown[]) => {
          const result: unknown = Reflect.apply(member, target, input);
          // Not `catch`, which would count as waiting for the result.
          if (result instanceof Promise) Promise.prototype.then.call(result, undefined, reportRejection);
          return result;
        };
      } catch (error) {
        reportRejection(error);
        throw error;
      }
    },
  });
}
