/** The place of all stores of one kind in one test file. */
export interface Home {
  /** Closes the stores opened before, and returns the URL of an empty store. */
  readonly empty: () => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** A kind of store that the shared tests cover. Each file in `kinds/` exports one as `KIND`. */
export interface Kind {
  readonly name: string;
  /** Whether several nodes may share its sessions. */
  readonly isShared: boolean;
  /** The program that the machine lacks to test this kind; null if it can be tested. */
  readonly missing: string | null;
  /** How many random cases a property test may run: this part of those for the memory store, which is the fastest. */
  readonly speed: number;
  readonly start: () => Promise<Home>;
}
