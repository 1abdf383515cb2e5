import { type ChangeListeners, changed, removed } from '../../domain/changes.ts';
import type { Done } from './commit-queue.ts';
import type { Row } from './connection.ts';
import { toSummary } from './rows.ts';

/** Tells of what a commit has changed; null is a commit of which nobody knows what it did. */
export function tellChanges(listeners: ChangeListeners, done: readonly Done[] | null): void {
  if (listeners.isEmpty) return;
  if (done === null) {
    listeners.tell({ type: 'gap' });
    return;
  }
  const tellChanged = (rows: readonly Row[]) => {
    for (const row of rows) listeners.tell(changed(toSummary(row)));
  };
  for (const { write, result } of done) {
    switch (result.type) {
      case 'inserted':
        tellChanged(result.evicted);
        if (write.type === 'insert') tellChanged([write.row]);
        break;
      case 'updated':
        if (write.type !== 'update' || write.update.type !== 'touch') tellChanged([result.row]);
        break;
      case 'matched':
        if (!result.dry_run) tellChanged(result.rows);
        break;
      case 'expired':
        tellChanged(result.rows);
        break;
      case 'removed':
        listeners.tell(removed(toSummary(result.row)));
        break;
      case 'purged':
        for (const row of result.rows) listeners.tell(removed(toSummary(row)));
        break;
      case 'taken':
      case 'limit':
      case 'not_updated':
      case 'missing':
      case 'failed':
    }
  }
}
