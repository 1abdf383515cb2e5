'use server';

import { redirect } from 'next/navigation';
import { sessions } from '../sessions';

export const login = sessions.action(async (userSession, form: FormData) => {
  // Check the user's password here.
  await userSession.login({ user_id: String(form.get('user')), auth_methods: ['pwd'] });
});

export const confirm = sessions.action(async (userSession) => {
  // Check a second factor here.
  await userSession.rotate({ auth_methods: ['pwd', 'otp'], auth_level: 2 });
});

export const logout = sessions.action(async (userSession) => {
  await userSession.logout();
  redirect('/');
});
