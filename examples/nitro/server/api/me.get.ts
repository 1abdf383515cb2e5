import { requireSession } from '@pip-sessions/client/h3';
import { defineHandler } from 'nitro/h3';

export default defineHandler({
  middleware: [requireSession()],
  handler: ({ context }) => ({ user: context.userSession.required.user_id }),
});
