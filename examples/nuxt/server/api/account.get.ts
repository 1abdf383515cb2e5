export default defineEventHandler(async ({ context: { userSession } }) => {
  if (userSession.current === null) return { user: null, level: 0, devices: [] };
  const { user_id, auth_level } = userSession.current;
  const { items, current } = await userSession.devices();
  const devices = items.map(({ id, client }) => ({ id, client, here: id === current }));
  return { user: user_id, level: auth_level ?? 0, devices };
});
