import { useEffect, useEffectEvent, useRef } from 'react';
import { useFeedEvents } from './feed.ts';

const PAUSE_MS = 1_000;
/** A slow request takes at most this part of the time, so that a page never keeps the service busy. */
const BUSY_PART = 0.05;

/** Calls `read` soon after sessions have changed, one call at a time and at most once a second. */
export function useReadAfterChanges(read: () => Promise<unknown>, isEnabled = true): void {
  const state = useRef({ isReading: false, isDue: false, next_at: 0 });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const readNow = useEffectEvent(read);
  const run = useEffectEvent(async () => {
    const now = performance.now();
    const { isReading, next_at } = state.current;
    state.current.isDue = true;
    clearTimeout(timer.current);
    if (isReading) return;
    if (now < next_at) {
      timer.current = setTimeout(() => void run(), next_at - now);
      return;
    }
    state.current = { isReading: true, isDue: false, next_at };
    await readNow().catch(() => {});
    const end = performance.now();
    const { isDue } = state.current;
    state.current = { isReading: false, isDue, next_at: Math.max(now + PAUSE_MS, end + (end - now) / BUSY_PART) };
    if (isDue) void run();
  });
  useFeedEvents(() => {
    if (isEnabled && document.visibilityState === 'visible') void run();
  });
  useEffect(() => () => clearTimeout(timer.current), []);
}
