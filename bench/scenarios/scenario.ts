/** What a contender says of the sessions it holds: ids and users, spread evenly over all of them. */
export interface Sample {
  readonly ids: readonly string[];
  readonly users: readonly string[];
}

/** One request, and whom or what its answer must be about. */
export interface Call {
  readonly members: object;
  readonly subject: string;
}

export interface Scenario {
  readonly name: string;
  /** The command of API v1 that is called. */
  readonly command: string;
  readonly summary: string;
  readonly calls: (sample: Sample) => readonly Call[];
  /** Whether the parsed body of an answer is right for a call about `subject`. */
  readonly isRight: (body: unknown, subject: string) => boolean;
}
