import type { ReactNode } from 'react';
import { ServiceError, UnreachableError } from '../api/service.ts';
import { COMMON } from '../texts.ts';
import { Button } from './button.tsx';
import { Icon } from './icons.tsx';
import { clockTime } from './time-text.ts';

/** What a view shows in place of content: there is none yet, or none matches. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** The words of an error: what the service said, else what is known. */
export function errorText(error: unknown): string {
  if (error instanceof UnreachableError) return COMMON.away;
  return error instanceof Error ? error.message : COMMON.failed;
}

/** An error in place of the content that it prevents. */
export function Failure({ error, onRetry }: { readonly error: unknown; readonly onRetry?: (() => void) | undefined }) {
  return (
    <div className="failure" role="alert">
      <Icon name="warning" />
      <div>
        <p>{errorText(error)}</p>
        {error instanceof ServiceError && error.correlation_id && (
          <p className="quiet-text">{COMMON.correlation(error.correlation_id)}</p>
        )}
        {onRetry && (
          <Button icon="refresh" onClick={onRetry}>
            {COMMON.retry}
          </Button>
        )}
      </div>
    </div>
  );
}

/** Above the last content, an error for which it could not be read again. That the service is away, the frame says. */
export function ReadAgainFailure({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  return error == null || error instanceof UnreachableError ? null : <Failure error={error} onRetry={onRetry} />;
}

/** Above content that could not be read again: the last content stays, with its time. */
export function Stale({ since }: { readonly since: number }) {
  return (
    <p className="stale" role="status">
      <Icon name="warning" />
      {COMMON.awayLong(clockTime(since))}
    </p>
  );
}

/** Lines in the place of content that is loading. They appear after 300 ms (in the style sheet). */
export function Skeleton({ lines = 8, label = COMMON.loading }: { readonly lines?: number; readonly label?: string }) {
  return (
    <div className="skeleton" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are alike and never change places
        <span key={index} className="skeleton-line" />
      ))}
    </div>
  );
}
