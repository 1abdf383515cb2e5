import { count } from '../texts.ts';

interface JsonTreeProps {
  readonly value: unknown;
  readonly label: string;
  readonly depth?: number;
}

/** Entries of an object or a list that are shown; the rest is counted. */
const ENTRIES_MAX = 200;
/** Levels that are open at first. */
const OPEN_LEVELS = 2;

/** A JSON value as a tree that opens and closes. */
export function JsonTree({ value, label, depth = 0 }: JsonTreeProps) {
  if (typeof value !== 'object' || value === null) return <code className="json">{JSON.stringify(value)}</code>;
  const entries = Object.entries(value);
  const isList = Array.isArray(value);
  if (entries.length === 0) return <code className="json">{isList ? '[]' : '{}'}</code>;
  return (
    <details className="json" open={depth < OPEN_LEVELS}>
      <summary aria-label={`${label}, ${count(entries.length)}`}>
        <code>{isList ? `[${count(entries.length)}]` : `{${count(entries.length)}}`}</code>
      </summary>
      <ul>
        {entries.slice(0, ENTRIES_MAX).map(([name, entry]) => (
          <li key={name}>
            <code>{name}: </code>
            <JsonTree value={entry} label={name} depth={depth + 1} />
          </li>
        ))}
        {entries.length > ENTRIES_MAX && <li>… {count(entries.length - ENTRIES_MAX)}</li>}
      </ul>
    </details>
  );
}
