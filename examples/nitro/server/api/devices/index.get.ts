import { defineHandler } from 'nitro/h3';

/** Without a session, `devices` throws the rejection. */
export default defineHandler(async ({ context }) => {
  const { items, current } = await context.userSession.devices();
  return items.map(({ id, client }) => ({ id, client, here: id === current }));
});
