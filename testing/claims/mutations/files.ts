import { DOMAIN, PIP_SERVICE, SERVICE, STORES } from '../../mutations/text-mutation.ts';
import type { ClaimMutation } from '../claim-mutation.ts';

const OVERWRITTEN =
  'What is deleted, or was the `user` and `data` of what has ended, is overwritten within 15 minutes and a sweep';

export const FILES: readonly ClaimMutation[] = [
  {
    claim: 'No code comes from a folder that others can write to',
    name: 'folders above that of compiled code are not looked at',
    test: 'compiled code is kept',
    file: `${SERVICE}/process/compile-cache.ts`,
    find: 'return (mode & OTHERS_MAY_WRITE) === 0 || (mode & STICKY) !== 0;',
    replace: 'return true;',
  },
  {
    claim: 'No code comes from a folder that others can write to',
    name: 'the folder of compiled code may be open to others',
    test: 'compiled code is kept',
    file: `${SERVICE}/process/compile-cache.ts`,
    find: 'if (folder.uid !== uid || (folder.mode & 0o777) !== PRIVATE_MODE) return false;',
    replace: 'if (folder.uid !== uid) return false;',
  },
  {
    claim: "Files of sessions are for the service's user alone, also those that were there with another mode",
    name: 'files keep the mode that they were left with',
    test: 'files that others',
    file: `${STORES}/shared/private-file.ts`,
    find: 'if (file && privateMode(file) !== (file.mode & PERMISSIONS)) chmodOwn(path, file, uid);',
    replace: '',
  },
  {
    claim: "Files of sessions are for the service's user alone, also those that were there with another mode",
    name: "the files beside SQLite's keep theirs",
    test: 'the log of a process',
    file: `${STORES}/sqlite/connection.ts`,
    find: 'for (const suffix of BESIDE) makePrivate(path + suffix);',
    replace: '',
  },
  {
    claim: 'A file that another user has put there is not used',
    name: 'a file of any user is used',
    test: 'a file or a link',
    file: `${STORES}/shared/private-file.ts`,
    find: 'if (!isTrusted(owner, uid, folder.uid)) throw ofAnotherUser(path, owner);',
    replace: '',
  },
  {
    claim: OVERWRITTEN,
    name: 'deleted text stays in the file',
    test: 'what is deleted or',
    file: `${STORES}/sqlite/connection.ts`,
    find: 'PRAGMA secure_delete = ON;',
    replace: 'PRAGMA secure_delete = OFF;',
  },
  {
    claim: OVERWRITTEN,
    name: 'an end keeps user and data',
    test: 'what is deleted or',
    file: `${DOMAIN}/session.ts`,
    find: "return 'data' in session ? { ...ended, user: null, data: null } : ended;",
    replace: 'return ended;',
  },
  {
    claim: OVERWRITTEN,
    name: 'the log is never cut',
    test: 'what is deleted leaves',
    file: `${STORES}/sqlite/write/writer.ts`,
    find: 'return cut ? cutLog',
    replace: 'return !cut ? cutLog',
  },
  {
    claim: OVERWRITTEN,
    name: 'the log is cut once a day',
    test: 'what is deleted leaves',
    file: `${STORES}/sqlite/config.ts`,
    find: 'wal_age_ms_max: 900_000,',
    replace: 'wal_age_ms_max: 86_400_000,',
  },
  {
    claim: "Files of sessions are for the service's user alone, also those that were there with another mode",
    name: 'the file of Pip.Services components is for everybody',
    test: 'a new file of sessions',
    file: `${PIP_SERVICE}/persistence/atomic-file.ts`,
    find: 'const NEW_FILE_MODE = 0o600;',
    replace: 'const NEW_FILE_MODE = 0o644;',
  },
];
