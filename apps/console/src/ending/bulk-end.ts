import type { CloseManyRequest, CloseManyResult, SessionFilter } from '@pip-sessions/contract/v2';
import type { EndOptions } from '../api/commands.ts';
import type { ListedSession } from '../sessions/listed-session.ts';

/** The requests of a bulk end, so that tests can replace them. */
export interface EndRequests {
  readonly endOne: (id: string, options: EndOptions) => Promise<unknown>;
  readonly endMany: (request: CloseManyRequest, signal: AbortSignal) => Promise<CloseManyResult>;
}

/** The sessions that are to be ended: some, or at most `count` of those that match a filter. */
export type EndTarget =
  | { readonly kind: 'selected'; readonly sessions: readonly ListedSession[] }
  | {
      readonly kind: 'filter';
      readonly filter: SessionFilter;
      readonly except: readonly string[];
      readonly count: number;
    };

export interface EndProgress {
  /** The ids of sessions that were ended. */
  readonly ids: readonly string[];
  readonly failed: readonly { readonly id: string; readonly error: unknown }[];
  /** Whether more sessions match than were counted. */
  readonly isMore: boolean;
}

/** Sessions that one request ends. The steps are small, so that `stop` acts at once and progress is seen. */
const STEP = 200;
/** Selected sessions that are ended at the same time. */
const PARALLEL = 4;

/** Ends sessions until all are done or the signal is aborted. Rejects if a request of a filter fails. */
export async function endInSteps(
  target: EndTarget,
  options: EndOptions,
  requests: EndRequests,
  signal: AbortSignal,
  onProgress: (progress: EndProgress) => void,
): Promise<void> {
  if (target.kind === 'selected') await endSelected(target.sessions, options, requests, signal, onProgress);
  else await endMatching(target, options, requests, signal, onProgress);
}

async function endSelected(
  sessions: readonly ListedSession[],
  options: EndOptions,
  { endOne }: EndRequests,
  signal: AbortSignal,
  onProgress: (progress: EndProgress) => void,
): Promise<void> {
  const ids: string[] = [];
  const failed: { id: string; error: unknown }[] = [];
  const left = sessions.values();
  const work = async () => {
    for (const { id } of left) {
      if (signal.aborted) return;
      try {
        await endOne(id, options);
        ids.push(id);
      } catch (error) {
        failed.push({ id, error });
      }
      onProgress({ ids: [...ids], failed: [...failed], isMore: false });
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
}

async function endMatching(
  target: EndTarget & { readonly kind: 'filter' },
  options: EndOptions,
  { endMany }: EndRequests,
  signal: AbortSignal,
  onProgress: (progress: EndProgress) => void,
): Promise<void> {
  const { filter, except, count } = target;
  const ids: string[] = [];
  let isMore = true;
  // Never more than were counted: sessions that match since then need another look.
  while (isMore && ids.length < count && !signal.aborted) {
    const limit = Math.min(STEP, count - ids.length);
    const result = await endMany({ filter, except, limit, reason: options.reason, ...by(options) }, signal);
    ids.push(...result.ids);
    // A step may end none although more match: they ended meanwhile.
    isMore = result.more && result.ids.length > 0;
    onProgress({ ids: [...ids], failed: [], isMore: result.more });
  }
}

function by({ by }: EndOptions): { readonly by?: string } {
  return by === undefined ? {} : { by };
}
