import { CACHE, HTTP, SERVICE, STORES } from '../../mutations/text-mutation.ts';
import type { Mutation } from './mutation.ts';

/** Faults of the caches, and of the feeds that invalidate them. */
export const IN_FEEDS: readonly Mutation[] = [
  {
    name: 'a cache keeps what was published to have changed',
    store: 'redis',
    file: `${CACHE}/near-cache.ts`,
    find: 'this.#noteEnds(id);\n    this.#entries.deleteId(id);',
    replace: 'this.#noteEnds(id);',
  },
  {
    name: "a node's cache keeps sessions that have ended on another node",
    store: 'postgres',
    file: `${SERVICE}/near-sessions/near-sessions.ts`,
    find: 'else this.#cache.changed(change.id, {',
    replace: 'else if (change.close_reason === null) this.#cache.changed(change.id, {',
  },
  {
    name: 'memory: evictions are not published',
    store: 'memory',
    file: `${STORES}/memory/store.ts`,
    find: 'if (session.revision !== revision) this.#listeners.tell(changed(session));',
    replace:
      "if (session.revision !== revision && session.close_reason !== 'evicted') this.#listeners.tell(changed(session));",
  },
  {
    name: 'SQLite: bulk closes are not published',
    store: 'sqlite',
    file: `${STORES}/sqlite/write/changes.ts`,
    find: 'if (!result.dry_run) tellChanged(result.rows);',
    replace: '',
  },
  {
    name: "PostgreSQL: a node's own changes are not published",
    store: 'postgres',
    file: `${STORES}/postgres/feed/feed.ts`,
    find: 'for (const change of changes) this.#listeners.tell(change);\n    } catch',
    replace: '} catch',
  },
  {
    name: 'PostgreSQL: no gap is published after the feed was lost',
    store: 'postgres',
    file: `${STORES}/postgres/feed/feed.ts`,
    find: "    this.#listeners.tell({ type: 'gap' });",
    replace: '',
    faults: 'engine',
  },
  {
    name: 'Redis: the changes of other nodes are not published',
    store: 'redis',
    file: `${STORES}/redis/feed/feed.ts`,
    find: 'if (!message.isOwn) this.#tell(message.changes, message.age_ms);',
    replace: '',
  },
  {
    name: 'the change stream leaves out removals',
    store: 'memory',
    file: `${HTTP}/changes/change-feed.ts`,
    find: 'this.#log.add(change);\n      this.#broadcast.publish(age_ms);',
    replace: "if (change.type !== 'removed') this.#log.add(change);\n      this.#broadcast.publish(age_ms);",
  },
];
