/** The promises that the checker verifies; README.md explains each of them. */
export type Invariant =
  | 'ended-stays-ended'
  | 'end-never-changes'
  | 'end-has-cause'
  | 'deadline-is-kept'
  | 'revision-never-falls'
  | 'revision-has-one-change'
  | 'if-match'
  | 'write-survives'
  | 'limit'
  | 'count-equals-scan'
  | 'pages'
  | 'stats'
  | 'events'
  | 'response';

export interface Violation {
  readonly invariant: Invariant;
  readonly message: string;
  /** The number of the open request of the session in question; null for none. */
  readonly number: number | null;
  readonly user: string | null;
  /** Whether the violation follows from a missing event: then every event is part of its history. */
  readonly is_absence: boolean;
}

type Subject = Partial<Pick<Violation, 'number' | 'user' | 'is_absence'>>;

/** Thrown inside the checker, which returns it as a value. */
export class ViolationError extends Error {
  readonly violation: Violation;

  constructor(invariant: Invariant, message: string, { number = null, user = null, is_absence = false }: Subject) {
    super(message);
    this.violation = { invariant, message, number, user, is_absence };
  }
}

/** Ends a check with a violation. `is_absence` means that any missing event might have explained it. */
export interface Failing {
  fail(invariant: Invariant, message: string, is_absence?: boolean): never;
}
