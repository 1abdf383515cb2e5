import { useQuery } from '@tanstack/react-query';
import { keysQuery } from '../../api/queries.ts';
import type { KeyInfo } from '../../api/types.ts';
import { useIsAdmin } from '../../frame/me.ts';
import { Command } from '../../kit/command.tsx';
import { type Column, DataTable } from '../../kit/data-table.tsx';
import { useNow } from '../../kit/now.ts';
import { Empty, Failure, ReadAgainFailure, Skeleton } from '../../kit/states.tsx';
import { Time } from '../../kit/time.tsx';
import { shortTime } from '../../kit/time-text.ts';
import { KEYS } from '../../texts/keys.ts';
import { COMMON } from '../../texts.ts';
import { keyState } from './key-state.ts';
import './keys.css';

const MAKE_KEY = 'pip-sessions key --name shop --scope write --expires 90d';

/** The API keys of the service: which are in use, and which end soon. */
export default function Keys() {
  return useIsAdmin() ? <KeyTable /> : <Empty title={COMMON.needsScope('admin')} />;
}

function KeyTable() {
  const { data, error, refetch } = useQuery(keysQuery);
  if (!data) return error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton />;
  return (
    <>
      <ReadAgainFailure error={error} onRetry={() => void refetch()} />
      {data.items.length === 0 ? (
        <Empty title={KEYS.none}>
          <MakeKey />
        </Empty>
      ) : (
        <DataTable
          label={KEYS.tableLabel}
          columns={COLUMNS}
          rows={data.items}
          rowId={({ name }) => name}
          narrow={(key) => <NarrowKey item={key} />}
          footer={
            <div className="keys-end">
              <p className="quiet-text">{KEYS.since(shortTime(data.since))}</p>
              <MakeKey />
            </div>
          }
        />
      )}
    </>
  );
}

const COLUMNS: readonly Column<KeyInfo>[] = [
  { id: 'name', header: KEYS.name, size: 200, cell: ({ name }) => <strong className="key-name">{name}</strong> },
  { id: 'scope', header: KEYS.scope, size: 240, cell: ({ scope }) => KEYS.scopes[scope] },
  { id: 'used', header: KEYS.lastUsed, size: 120, cell: (key) => <LastUse item={key} /> },
  { id: 'uses', header: KEYS.uses, size: 100, cell: ({ uses }) => KEYS.usesOf(uses) },
  { id: 'expires', header: KEYS.expires, size: 160, cell: (key) => <Expiry item={key} /> },
];

function LastUse({ item: { last_used } }: { readonly item: KeyInfo }) {
  return last_used === null ? <span className="quiet-text">{KEYS.neverUsed}</span> : <Time value={last_used} />;
}

function Expiry({ item }: { readonly item: KeyInfo }) {
  const state = keyState(item, useNow());
  if (item.expires === null) return <span className="quiet-text">{KEYS.never}</span>;
  if (state === 'valid') return <Time value={item.expires} />;
  return (
    <span className={`state ${state === 'ended' ? 'red' : 'amber'}`}>
      <span className="state-dot" />
      <span>
        {state === 'ended' && `${KEYS.ended} `}
        <Time value={item.expires} />
      </span>
    </span>
  );
}

function NarrowKey({ item }: { readonly item: KeyInfo }) {
  return (
    <span className="narrow-session">
      <span>
        <strong>{item.name}</strong>
        <span>{item.scope}</span>
      </span>
      <span className="quiet-text">
        <LastUse item={item} />
        <Expiry item={item} />
      </span>
    </span>
  );
}

function MakeKey() {
  return (
    <section className="make-key" aria-label={KEYS.make}>
      <h2>{KEYS.make}</h2>
      <Command line={MAKE_KEY} />
      <p className="quiet-text">{KEYS.makeHint}</p>
    </section>
  );
}
