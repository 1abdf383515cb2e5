import { useEffect, useState } from 'react';
import { COMMON } from '../texts.ts';
import { IconButton } from './button.tsx';

const SHOWN_MS = 1_500;

/** A button that copies a text, and says so. */
export function CopyButton({ text, label = COMMON.copy }: { readonly text: string; readonly label?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <>
      <IconButton
        className="copy"
        icon={copied ? 'check' : 'copy'}
        label={copied ? COMMON.copied : label}
        onClick={(event) => {
          event.stopPropagation();
          copyText(text).then(setCopied);
        }}
      />
      <span className="visually-hidden" role="status">
        {copied ? COMMON.copied : ''}
      </span>
    </>
  );
}

/** Returns whether the text was copied. The clipboard of browsers needs HTTPS or loopback. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}
