import { useQuery } from '@tanstack/react-query';
import { createContext, use } from 'react';
import { useFeedState } from '../api/feed.ts';
import { meQuery } from '../api/queries.ts';
import { UnreachableError } from '../api/service.ts';
import { COMMON } from '../texts.ts';

/** When the service responded last, in milliseconds, while it does not respond; null while it does. */
export const AwayContext = createContext<number | null>(null);

/** How often the service is tried while it does not respond. */
const CHECK_MS = 2_000;

/** Notices that the service does not respond, within seconds: the change stream breaks first. */
export function useAwaySince(): number | null {
  const isBroken = useFeedState().name === 'reconnecting';
  const { failureReason, dataUpdatedAt } = useQuery({ ...meQuery, ...(isBroken && { refetchInterval: CHECK_MS }) });
  return failureReason instanceof UnreachableError ? dataUpdatedAt : null;
}

/** Why an action has to wait; undefined if it has not. */
export function useAwayReason(): string | undefined {
  return use(AwayContext) === null ? undefined : COMMON.awayAction;
}
