import { CopyButton } from '../kit/copy.tsx';
import { COMMON } from '../texts.ts';
import type { CommandLines } from './lines.ts';

/** The lines of a shell that do the same, closed until somebody wants them. */
export function SameByCommand({ lines }: { readonly lines: CommandLines }) {
  return (
    <details className="same">
      <summary>{COMMON.sameByCommand}</summary>
      {[lines.command, lines.curl]
        .filter((line) => line !== null)
        .map((line) => (
          <div key={line} className="same-line">
            <pre>
              <code>{line}</code>
            </pre>
            <CopyButton text={line} />
          </div>
        ))}
    </details>
  );
}
