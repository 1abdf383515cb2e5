import { requireSession } from '@pip-sessions/client/h3';

export default defineEventHandler({
  onRequest: [requireSession({ level: 2, max_age_s: 300 })],
  handler: (event) => sendRedirect(event, '/?note=Paid', 303),
});
