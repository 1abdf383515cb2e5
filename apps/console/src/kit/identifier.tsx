import { CopyButton } from './copy.tsx';

const LENGTH_MAX = 16;

/** An id in monospace, shortened in the middle and copied whole. */
export function Identifier({ value, canCopy = true }: { readonly value: string; readonly canCopy?: boolean }) {
  const short = value.length > LENGTH_MAX ? `${value.slice(0, 8)}…${value.slice(-6)}` : value;
  return (
    <span className="identifier">
      <code data-tip={short === value ? undefined : value}>{short}</code>
      {canCopy && <CopyButton text={value} />}
    </span>
  );
}
