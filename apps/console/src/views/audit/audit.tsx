import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { auditQuery } from '../../api/queries.ts';
import type { AuditLine } from '../../api/types.ts';
import { useIsAdmin, useMe } from '../../frame/me.ts';
import { IconButton } from '../../kit/button.tsx';
import { Command } from '../../kit/command.tsx';
import { DataTable } from '../../kit/data-table.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { Icon } from '../../kit/icons.tsx';
import { JsonTree } from '../../kit/json-tree.tsx';
import { Empty, Failure, ReadAgainFailure, Skeleton } from '../../kit/states.tsx';
import { AUDIT } from '../../texts/audit.ts';
import { COMMON } from '../../texts.ts';
import { AUDIT_COLUMNS, NarrowLine } from './audit-cells.tsx';
import { isWhole, lineId } from './audit-line.ts';
import './audit.css';

const SETTING = 'SESSIONS_AUDIT=file:/var/log/pip-sessions/audit.log';
const VERIFY = 'pip-sessions audit verify audit.log.1 audit.log';

/** Who did what, from the audit log. */
export default function Audit() {
  const { audit } = useMe();
  const isAdmin = useIsAdmin();
  if (!isAdmin) return <Without title={COMMON.needsScope('admin')} />;
  if (audit === 'file') return <AuditTable />;
  return (
    <Without
      title={audit === null ? AUDIT.off : AUDIT.stdout}
      hint={audit === null ? AUDIT.offHint : AUDIT.stdoutHint}
    />
  );
}

function Without({ title, hint }: { readonly title: string; readonly hint?: string }) {
  return (
    <Empty title={title}>
      {hint && (
        <>
          <p>{hint}</p>
          <Command line={SETTING} />
        </>
      )}
    </Empty>
  );
}

interface Row {
  readonly id: string;
  readonly line: AuditLine;
}

function AuditTable() {
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(auditQuery);
  const [open, setOpen] = useState<AuditLine | null>(null);
  const pages = data?.pages ?? [];
  const rows: readonly Row[] = pages
    .flatMap(({ items }) => items)
    .map((line, index) => ({ id: lineId(line, index), line }));
  const isChainWhole = pages.every(({ chain }) => chain.status === 'whole') && isWhole(rows.map(({ line }) => line));
  const loadMore = () => {
    if (hasNextPage && !isFetchingNextPage && !error) void fetchNextPage();
  };
  return (
    <>
      <div className="view-head">
        {data && (
          <p className={isChainWhole ? 'chain' : 'chain broken'} role="status">
            <Icon name={isChainWhole ? 'check' : 'warning'} />
            {isChainWhole ? AUDIT.whole(rows.length) : AUDIT.broken}
          </p>
        )}
        <IconButton className="head-end" icon="refresh" label={AUDIT.refresh} onClick={() => void refetch()} />
      </div>
      <details className="verify">
        <summary>{AUDIT.verify}</summary>
        <Command line={VERIFY} />
      </details>
      {data && <ReadAgainFailure error={error} onRetry={() => void refetch()} />}
      {data ? (
        rows.length === 0 ? (
          <Empty title={AUDIT.empty} />
        ) : (
          <DataTable
            label={AUDIT.tableLabel}
            columns={AUDIT_COLUMNS}
            rows={rows}
            rowId={({ id }) => id}
            narrow={({ line }) => <NarrowLine line={line} />}
            onOpen={({ line }) => setOpen(line)}
            onReachEnd={loadMore}
            footer={
              <p className="table-end" role="status">
                {hasNextPage ? AUDIT.loading : AUDIT.all(rows.length)}
              </p>
            }
          />
        )
      ) : error ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton />
      )}
      {open && (
        <Dialog title={AUDIT.details} onClose={() => setOpen(null)}>
          <JsonTree value={open} label={AUDIT.details} />
        </Dialog>
      )}
    </>
  );
}
