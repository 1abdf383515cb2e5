import { type ChangeListeners, changed, removed } from '../../../domain/changes.ts';
import type { Row } from '../connection.ts';
import { toSummary } from '../rows.ts';
import type { Done, Write, WriteResult } from './writes.ts';

/** Publishes the changes of a commit. For null, a commit whose outcome is unknown, publishes a gap. */
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
        tellChanged(result.expired);
        tellChanged(result.evicted);
        if (write.type === 'insert') tellChanged([write.row]);
        break;
      case 'taken':
      case 'limit':
        tellChanged(result.expired);
        break;
      case 'applied':
        if (result.has_changed && !isTouch(write, result)) tellChanged([result.row]);
        break;
      case 'matched':
        tellChanged(result.expired);
        if (!result.dry_run) tellChanged(result.rows);
        break;
      case 'expired':
        tellChanged(result.rows);
        break;
      case 'removed':
        listeners.tell(removed(toSummary(result.row)));
        break;
      case 'purged':
      case 'removed of user':
        for (const row of result.rows) listeners.tell(removed(toSummary(row)));
        break;
      case 'missing':
      case 'failed':
    }
  }
}

/** A touch is not published, unless it has found the session past its deadline. */
function isTouch(write: Write, { outcome }: WriteResult & { readonly type: 'applied' }): boolean {
  return write.type === 'update' && write.update.type === 'touch' && outcome === 'updated';
}
