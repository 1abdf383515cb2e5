import type { AuditLine } from '../../api/types.ts';
import type { Column } from '../../kit/data-table.tsx';
import { Time } from '../../kit/time.tsx';
import { AUDIT } from '../../texts/audit.ts';
import { callerText, detailsText } from './audit-line.ts';

type Row = { readonly line: AuditLine };

/** Events that somebody should look at. */
const WARNINGS: ReadonlySet<string> = new Set([
  ...['authentication_failed', 'authorization_failed', 'compromised_session', 'unreadable'],
]);

export const AUDIT_COLUMNS: readonly Column<Row>[] = [
  { id: 'when', header: AUDIT.when, size: 230, cell: ({ line }) => <When line={line} /> },
  { id: 'what', header: AUDIT.what, size: 240, sizeMin: 190, cell: ({ line }) => <What line={line} /> },
  { id: 'who', header: AUDIT.who, size: 130, sizeMin: 96, cell: ({ line }) => callerText(line) },
  { id: 'whom', header: AUDIT.whom, size: 170, sizeMin: 106, cell: ({ line }) => <Whom line={line} /> },
  { id: 'where', header: AUDIT.where, size: 130, sizeMin: 110, cell: ({ line }) => line.address ?? null },
  { id: 'more', header: AUDIT.more, size: 260, sizeMin: 84, cell: ({ line }) => <Details line={line} /> },
];

function When({ line: { time } }: Row) {
  return time === undefined ? null : <Time value={time} form="exact" />;
}

function What({ line: { event } }: Row) {
  return <span className={WARNINGS.has(event) ? 'audit-warning' : undefined}>{AUDIT.event(event)}</span>;
}

function Whom({ line: { session, user_id_hash } }: Row) {
  if (session) return <code data-tip={AUDIT.sessionTip}>{AUDIT.session(session)}</code>;
  if (typeof user_id_hash !== 'string') return null;
  return <code data-tip={AUDIT.userTip(user_id_hash)}>{AUDIT.user(user_id_hash.slice(0, 12))}</code>;
}

function Details({ line }: Row) {
  const text = detailsText(line);
  return (
    <span className="quiet-text" data-tip={text || undefined}>
      {text}
    </span>
  );
}

export function NarrowLine({ line }: Row) {
  return (
    <span className="narrow-session">
      <span>
        <strong>{AUDIT.event(line.event)}</strong>
        <span>{callerText(line)}</span>
      </span>
      <span className="quiet-text">
        <span>{line.address ?? ''}</span>
        {line.time && <Time value={line.time} />}
      </span>
    </span>
  );
}
