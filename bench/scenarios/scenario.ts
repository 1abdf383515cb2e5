/** What a contender says of the sessions it holds: ids, tokens and users, spread evenly over all of them. */
export interface Sample {
  readonly ids: readonly string[];
  /** One for each id; none of sessions that were opened without. */
  readonly tokens: readonly string[];
  readonly users: readonly string[];
}

/** One request, and whom or what its answer must be about. */
export interface Call {
  readonly members: object;
  readonly subject: string;
}

export interface Scenario {
  readonly name: string;
  /** Where the requests go. */
  readonly path: string;
  /** Whether its sessions have tokens, which API v2 has and the original does not. */
  readonly needs_tokens: boolean;
  /** Whether servers may need a second core, to write. */
  readonly is_write: boolean;
  readonly summary: string;
  readonly calls: (sample: Sample) => readonly Call[];
  /** Whether the parsed body of an answer is right for a call about `subject`. */
  readonly isRight: (body: unknown, subject: string) => boolean;
}
