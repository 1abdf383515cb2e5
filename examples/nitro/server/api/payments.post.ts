import { requireSession } from '@pip-sessions/client/h3';
import { defineHandler } from 'nitro/h3';

export default defineHandler({
  middleware: [requireSession({ level: 2, max_age_s: 300 })],
  handler: () => ({ paid: true }),
});
