import type { SessionChange } from '../../domain/changes.ts';
import { fromChangeText, toChangeText } from '../change-text.ts';

/** PostgreSQL takes notifications shorter than 8,000 bytes (https://www.postgresql.org/docs/current/sql-notify.html). */
const PAYLOAD_BYTES_MAX = 7_999;

/** Instead of a change whose text is too long: whoever reads it is told a gap. */
const GAP = '-';

/** Texts that tell other nodes of changes: the sender's name, and a change a line. */
export function toPayloads(sender: string, changes: readonly SessionChange[]): string[] {
  const payloads: string[] = [];
  let payload = sender;
  let bytes = sender.length;
  const add = (text: string, text_bytes: number) => {
    if (bytes + 1 + text_bytes > PAYLOAD_BYTES_MAX) {
      payloads.push(payload);
      payload = sender;
      bytes = sender.length;
    }
    payload += `\n${text}`;
    bytes += 1 + text_bytes;
  };
  for (const change of changes) {
    const text = change.type === 'gap' ? GAP : toChangeText(change);
    const text_bytes = Buffer.byteLength(text);
    if (sender.length + 1 + text_bytes > PAYLOAD_BYTES_MAX) add(GAP, GAP.length);
    else add(text, text_bytes);
  }
  if (payload !== sender) payloads.push(payload);
  return payloads;
}

/** Null for a payload of the reader itself. What cannot be read is a gap. */
export function fromPayload(reader: string, payload: string): readonly SessionChange[] | null {
  const [sender, ...texts] = payload.split('\n');
  if (sender === reader) return null;
  if (texts.length === 0) return [{ type: 'gap' }];
  return texts.map((text) => fromChangeText(text) ?? { type: 'gap' });
}
