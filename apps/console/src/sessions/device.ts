import { useSyncExternalStore } from 'react';

/** Reads a user agent: `Chrome 146 on Windows`. */
type DeviceReader = (user_agent: string) => string | null;

/** Maximum number of user agents whose texts are cached. */
const CACHED_MAX = 1_000;

const texts = new Map<string, string>();
const listeners = new Set<() => void>();
let reader: DeviceReader | null = null;
let isLoading = false;

/** The device of a session in words. A text that names no device is shown as it is; null if there is none. */
export function useDevice(client: string | null): string | null {
  const read = useSyncExternalStore(subscribe, () => reader);
  if (client === null) return null;
  if (read) return cached(client, read);
  load();
  return shortened(client);
}

function cached(client: string, read: DeviceReader): string {
  const known = texts.get(client);
  if (known !== undefined) return known;
  if (texts.size >= CACHED_MAX) texts.clear();
  const text = read(client) ?? shortened(client);
  texts.set(client, text);
  return text;
}

function shortened(client: string): string {
  return client.replace(/^Mozilla\/5\.0 /, '');
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The reader is loaded for the first text. Without it, user agents are shown as they are. */
function load(): void {
  if (isLoading) return;
  isLoading = true;
  import('@pip-sessions/client/device').then(
    (loaded) => {
      reader = loaded.deviceName;
      for (const listener of listeners) listener();
    },
    () => {
      isLoading = false;
    },
  );
}
