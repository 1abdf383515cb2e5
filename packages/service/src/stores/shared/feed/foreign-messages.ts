import type { StoreOptions } from '../store-url.ts';

const FOREIGN_MESSAGES = [
  "The channel of the store's feed carried messages that no node of this version has sent.",
  'They were ignored, but each second with such a message empties the cache of this node.',
  'Find the program that sends them, or upgrade the nodes that run another version.',
].join(' ');

/** Warns once about foreign messages on the feed's channel: a warning for each could fill the log. */
export function warnOnce({ warn }: StoreOptions): () => void {
  let isSaid = false;
  return () => {
    if (isSaid) return;
    isSaid = true;
    warn?.(FOREIGN_MESSAGES);
  };
}
