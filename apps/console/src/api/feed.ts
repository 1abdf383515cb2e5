import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';
import { changeStream, type FeedEvent, type FeedState } from './change-stream.ts';

/** A tab that is hidden for this long gives its connection back. */
const HIDDEN_MS = 30_000;

/** How far the change stream is behind. */
export function useFeedState(): FeedState {
  return useSyncExternalStore(changeStream.subscribe, () => changeStream.state);
}

/** Calls `listener` with each batch of changes and each gap, while the component is shown. */
export function useFeedEvents(listener: (event: FeedEvent) => void): void {
  const onEvent = useEffectEvent(listener);
  useEffect(() => changeStream.listen(onEvent), []);
}

/** Follows changes while a user is signed in and the tab is visible. */
export function useFeedConnection(isSignedIn: boolean): void {
  useEffect(() => {
    if (!isSignedIn) {
      changeStream.signOut();
      return;
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const follow = () => {
      clearTimeout(timer);
      if (document.visibilityState === 'visible') changeStream.start();
      else timer = setTimeout(() => changeStream.pause(), HIDDEN_MS);
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', follow);
      changeStream.signOut();
    };
  }, [isSignedIn]);
}
