/** What was answered of one session, and so was promised. */
export interface SessionRecord {
  readonly id: string;
  readonly token: string;
  /** The last data whose write was answered, and those whose writes were not, which may be there or not. */
  data: number | null;
  readonly perhaps: Set<number>;
  /** When its close was answered; null before. */
  closed_at: number | null;
  /** A close was asked for, and not answered. */
  isPerhapsClosed: boolean;
}

export interface Failure {
  readonly status: number | string;
  readonly at: number;
  readonly took_ms: number;
}

/** Everything that callers have seen of the nodes. */
export class Records {
  readonly sessions: SessionRecord[] = [];
  readonly failures: Failure[] = [];
  /** What must not be. */
  readonly violations: string[] = [];
  answered = 0;

  /** Failures after a moment, and the longest of all. */
  summary(): string {
    const statuses = new Map<number | string, number>();
    for (const { status } of this.failures) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    const slowest = Math.max(0, ...this.failures.map(({ took_ms }) => took_ms));
    const counts = [...statuses].map(([status, count]) => `${count} × ${status}`).join(', ') || 'none';
    return `${this.answered} answered, failures: ${counts}, the slowest after ${Math.round(slowest)} ms`;
  }

  lastFailure(): number {
    return Math.max(Number.NEGATIVE_INFINITY, ...this.failures.map(({ at }) => at));
  }
}
