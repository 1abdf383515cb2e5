import { defineHandler } from 'nitro/h3';

export default defineHandler(async ({ context }) => {
  return { ended: await context.userSession.endDevice(String(context.params?.id)) };
});
