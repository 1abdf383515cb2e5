import type { FindingKind } from './finding-kind.ts';

/** Findings about the files of a `sqlite:` store. */
export const SQLITE_KINDS = {
  SQLITE_FILE_MISSING: {
    severity: 'note',
    meaning: 'There is no file yet. The first start of the service creates it.',
    advice: 'Check the path, if you expected sessions there.',
  },
  SQLITE_LOG_ORPHANED: {
    severity: 'error',
    meaning: 'The database is missing or empty, but its write-ahead log has sessions. The service does not start.',
    advice: 'Put the database back that the log belongs to, or restore a backup.',
  },
  SQLITE_FOREIGN: {
    severity: 'error',
    meaning: 'The file is not a database of this service. The service does not start, and does not change the file.',
    advice: 'Choose another file, or restore a backup.',
  },
  SQLITE_DAMAGED: {
    severity: 'error',
    meaning: 'Parts of the database are damaged. The sessions there cannot be read, and writes may fail.',
    advice:
      'Stop the service and restore a backup, or run `sqlite3 sessions.db .recover | sqlite3 repaired.db`. Check the disk and its file system.',
  },
  SQLITE_NETWORK_FILE_SYSTEM: {
    severity: 'error',
    meaning:
      'The database is on a network file system. Its locks and its shared memory do not work there reliably, so sessions can be lost or damaged.',
    advice: 'Move the database to a local disk, or use PostgreSQL or Redis.',
  },
  SQLITE_MEMORY_FILE_SYSTEM: {
    severity: 'error',
    meaning: 'The database is on a file system in memory. All sessions are lost when the machine restarts.',
    advice: 'Move the database to a disk. Use `memory:` if the sessions may be lost.',
  },
  SQLITE_CONTAINER_LAYER: {
    severity: 'note',
    meaning: 'The database is in the layer of a container. It is deleted together with the container.',
    advice: 'Put the database into a volume.',
  },
  SQLITE_FSYNC_SLOW: {
    severity: 'warning',
    meaning: 'The disk needs long to store data safely. Each commit waits for it, so writes are slow.',
    advice: 'Use a local SSD. A virtual disk or a busy disk is often the reason.',
  },
  SQLITE_LOG_LARGE: {
    severity: 'warning',
    meaning:
      'The write-ahead log is much larger than the service lets it grow. Checkpoints fail, or another program reads the file for a long time. Reads become slow, and the disk fills.',
    advice:
      'End other programs that have the database open. Then restart the service, or run `pip-sessions store compact`.',
  },
  SQLITE_FILE_READABLE: {
    severity: 'warning',
    meaning: 'Other users of the machine can read or change the sessions.',
    advice: 'Run `chmod 600` on the files, or restart the service, which does so.',
  },
  SQLITE_FOLDER_OPEN: {
    severity: 'warning',
    meaning: 'Every user of the machine can replace the files in this folder.',
    advice: 'Run `chmod 700` on the folder.',
  },
  SQLITE_FILE_OF_ANOTHER_USER: {
    severity: 'error',
    meaning: 'A file belongs to a user who is not trusted. The service does not start.',
    advice: 'Give the file to the user of the service with `chown`, after you have found out who created it.',
  },
  SQLITE_FOLDER_NOT_WRITABLE: {
    severity: 'error',
    meaning: 'No file can be created in the folder of the database. The service cannot write there.',
    advice: 'Run the command as the user of the service. If it fails then too, give that user the folder.',
  },
  DISK_SPACE_LOW: {
    severity: 'warning',
    meaning: 'The disk of the database is almost full. On a full disk, writes are rejected with 503.',
    advice: 'Free some space, enlarge the disk, or lower `SESSIONS_RETENTION`.',
  },
} as const satisfies Readonly<Record<string, FindingKind>>;
