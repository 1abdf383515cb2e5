import type { TextMutation } from '../../mutations/text-mutation.ts';
import type { Faults, StoreKind } from '../plan/plan.ts';

/** A fault in the source, and the kind of history that finds it. */
export interface Mutation extends TextMutation {
  readonly store: StoreKind;
  /** The faults that a run needs to find it; default none. */
  readonly faults?: Faults;
  /** The maximum clock skew of the nodes; default 1 s. */
  readonly skew_ms?: number;
}
