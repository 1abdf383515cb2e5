/** Work on a whole store, which may take minutes. */
export interface Task {
  /** When it is aborted, the work ends at the next suitable point and rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Called with how far the work is, as often as that changes. */
  readonly progress: (text: string) => void;
}

/** One aspect of a check of a store, like its sessions or its indexes. */
export interface Aspect {
  readonly aspect: string;
  /** The results, for people. */
  readonly result: string;
  /** The problems, at most `PROBLEMS_MAX` of them. */
  readonly problems: readonly string[];
  readonly problems_total: number;
}

/** The versions of the schema, before and after its migrations. */
export interface SchemaVersions {
  /** 0 if the store has no data yet. */
  readonly from: number;
  readonly to: number;
}

/** Checks, migrates and compacts a store. Only `compact` of some stores needs that no service uses it. */
export interface StoreMaintenance {
  /** Reads everything and changes nothing. */
  check(task: Task): AsyncIterable<Aspect>;
  /** Null for a store without migrations. */
  readonly migrations: {
    /** Rejects with `STORE_UNUSABLE` for a store that must not be migrated. */
    versions(): Promise<SchemaVersions>;
    migrate(): Promise<void>;
  } | null;
  /** Frees space that deleted sessions have left. Resolves to what was done, as names and values. */
  compact(task: Task): Promise<readonly (readonly [name: string, value: string])[]>;
}

/** The export of `maintenance/maintenance.ts` in the folder of a store. */
export interface MaintenanceModule {
  readonly maintenance: (url: string) => StoreMaintenance;
}
