import { useEffect, useSyncExternalStore } from 'react';
import { useFeedEvents } from '../../api/feed.ts';
import { serviceTime } from '../../api/service.ts';
import { useSeconds } from '../../kit/now.ts';
import { Tail, type TailState } from './tail.ts';

/** The lines stay while the page is open, also while another view is shown. They go on when the view is shown again. */
const tail = new Tail();

/** The last changes. While `isHeld`, they only count up. */
export function useTail(isHeld: boolean): TailState & { readonly rate: number; readonly clear: () => void } {
  const state = useSyncExternalStore(tail.subscribe, tail.get);
  const now = useSeconds();
  useFeedEvents((event) => tail.add(event, serviceTime()));
  useEffect(() => tail.hold(isHeld), [isHeld]);
  return { ...state, rate: tail.rate(now), clear: () => tail.clear() };
}
