import { createHash } from 'node:crypto';
import { USER_PREFIX_LENGTH } from '@pip-sessions/contract/session-id';
import { EXAMPLE_ID, EXAMPLE_TOKEN } from '../../packages/service/src/api/example-session.ts';

const TOKEN = /ps_([0-9a-f]{36})_([\w-]{43})/g;
const ID = /\b[0-9a-f]{36}\b/g;
const CURSOR = /"next_cursor": "([\w-]+)"|cursor=([\w-]+)/g;
const SECRET_LENGTH = 43;

/**
 * Replaces random values by invented values of the same form, which are the same in each run: ids, tokens, cursors, and
 * the ids and times of events. The first session of the user in the examples becomes the session of the examples.
 */
export class StableValues {
  readonly #ids = new Map<string, string>();
  readonly #secrets = new Map<string, string>();

  replaceIn(text: string): string {
    return text
      .replace(CURSOR, (whole, ofPage?: string, ofQuery?: string) => {
        const cursor = ofPage ?? ofQuery ?? '';
        return whole.replace(cursor, this.#cursor(cursor));
      })
      .replace(TOKEN, (_, id: string, secret: string) => {
        const invented = this.#id(id);
        return `ps_${invented}_${this.#secret(invented, secret)}`;
      })
      .replace(ID, (id) => this.#id(id))
      .replace(/^id: [\w-]+:/gm, 'id: q2Xz0aVbT9Lk:')
      .replace(/event: (hello|heartbeat)\ndata: \{"time":[\d.]+\}/g, (_, event: string) => {
        return `event: ${event}\ndata: {"time":${event === 'hello' ? 5000 : 6000}}`;
      });
  }

  #id(id: string): string {
    const known = [...this.#ids.values()];
    if (known.includes(id)) return id;
    const number = known.length;
    const hex = createHash('sha256').update(`id ${number}`).digest('hex');
    const prefix = id.slice(0, USER_PREFIX_LENGTH);
    const isExample = EXAMPLE_ID.startsWith(prefix) && !known.includes(EXAMPLE_ID);
    return inventedFor(this.#ids, id, isExample ? EXAMPLE_ID : prefix + hex.slice(0, 32));
  }

  /** The first token of the session of the examples is the token of the examples. */
  #secret(id: string, secret: string): string {
    const isExample = id === EXAMPLE_ID && ![...this.#secrets.values()].includes(EXAMPLE_TOKEN.slice(-SECRET_LENGTH));
    const number = this.#secrets.size;
    const text = createHash('sha256').update(`secret ${number}`).digest('base64url');
    return inventedFor(this.#secrets, secret, isExample ? EXAMPLE_TOKEN.slice(-SECRET_LENGTH) : text);
  }

  #cursor(cursor: string): string {
    const [open_time = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split('.');
    return Buffer.from(`${open_time}.${this.#id(id)}`).toString('base64url');
  }
}

function inventedFor(values: Map<string, string>, key: string, invented: string): string {
  const known = values.get(key);
  if (known !== undefined) return known;
  values.set(key, invented);
  return invented;
}
