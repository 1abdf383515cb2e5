import { CopyButton } from './copy.tsx';

/** A line for a shell or for the settings, with a button that copies it. */
export function Command({ line }: { readonly line: string }) {
  return (
    <div className="command">
      <pre>
        <code>{line}</code>
      </pre>
      <CopyButton text={line} />
    </div>
  );
}
