/** A sample of a contender's sessions: ids, tokens and users, evenly over all sessions. */
export interface Sample {
  readonly ids: readonly string[];
  /** One for each id; empty if the sessions have no tokens. */
  readonly tokens: readonly string[];
  readonly users: readonly string[];
}

/** One request, and the id or user that its response must have. */
export interface Call {
  readonly members: object;
  readonly subject: string;
}

export interface Scenario {
  readonly name: string;
  /** The path of the requests. */
  readonly path: string;
  /** Whether the sessions need tokens. API v2 has tokens, the original has none. */
  readonly needs_tokens: boolean;
  /** Whether servers may need a second core for writes. */
  readonly is_write: boolean;
  readonly summary: string;
  readonly calls: (sample: Sample) => readonly Call[];
  /** Whether the parsed body of a response is right for a call about `subject`. */
  readonly isRight: (body: unknown, subject: string) => boolean;
}
