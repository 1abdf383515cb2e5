/** Without a session, `required` throws the rejection. */
export default defineEventHandler(({ context }) => ({ user: context.userSession.required.user_id }));
