import { defineHandler } from 'nitro/h3';

export default defineHandler(async ({ context }) => {
  await context.userSession.logout();
  return { signed_out: true };
});
