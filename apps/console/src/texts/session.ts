import { count } from '../texts.ts';

export const FACTS = {
  id: 'Session id',
  user_id: 'User id',
  address: 'Address',
  client: 'Client',
  methods: 'Proved by',
  level: 'Level',
  actor: 'Actor',
  idle: 'Idle timeout',
  revision: 'Revision',
} as const;

export const TIMELINE = {
  opened: 'Opened',
  proved: 'User proved who they are',
  active: 'Last active',
  idle: 'Ends unless used',
  expires: 'Ends in any case',
  ended: 'Ended',
  level: (value: number) => `level ${count(value)}`,
} as const;

export const DELETING = {
  title: 'Delete this session?',
  lead: 'Deletes the record of this session: nothing shows any more that the user was signed in. This cannot be undone.',
  leadLive:
    'Signs the user out on this device, and deletes the record of the session: nothing shows any more that the user was signed in. This cannot be undone. To keep a record, end the session instead.',
  confirm: 'Delete session',
} as const;
