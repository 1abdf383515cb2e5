/** The responses of the other processes. */
export interface Collected<T> {
  readonly parts: readonly T[];
  /** Whether all of them have responded in time. */
  readonly isComplete: boolean;
}

/** The other processes that serve the same port, as the source of one kind of value. */
export interface Peers<T> {
  /** From now on, the other processes get the value of this one. */
  serve(value: () => T | Promise<T>): void;
  /** Returns the values of the other processes, without those that do not respond in time. */
  collect(): Promise<Collected<T>>;
}
