import { rejectionOf, sendRejection } from '@pip-sessions/client/h3';

/** A rejection that a handler throws gets its response: 401, 403 or 503. */
export default defineNitroPlugin(({ hooks }) => {
  hooks.hook('error', (error, { event }) => {
    const rejection = rejectionOf(error.cause ?? error);
    if (rejection && event) sendRejection(event, rejection);
  });
});
