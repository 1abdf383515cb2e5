'use server';

import { requireSession } from '@pip-sessions/client/next';
import { refresh } from 'next/cache';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { sessions } from '../sessions';

export const login = sessions.action(async (userSession, form: FormData) => {
  // Check the user's password here.
  const client = (await headers()).get('user-agent');
  await userSession.login({ user_id: String(form.get('user')), client, auth_methods: ['pwd'] });
});

export const confirm = sessions.action(async (userSession) => {
  // Check a second factor here.
  await userSession.rotate({ auth_methods: ['pwd', 'otp'], auth_level: 2 });
});

export const pay = sessions.action((userSession) => {
  redirect(requireSession(userSession, { level: 2, max_age_s: 300 }) ? '/?note=Confirm+first' : '/?note=Paid');
});

export const endDevice = sessions.action(async (userSession, form: FormData) => {
  await userSession.endDevice(String(form.get('id')));
  refresh(); // Next.js renders the page again after actions that set a cookie only
});

export const logout = sessions.action(async (userSession) => {
  await userSession.logout();
  redirect('/');
});
