import type { Answered, HistoryEvent, Operation } from '../history.ts';

/** The only argument of a node process, as JSON. */
export interface NodeSettings {
  readonly number: number;
  readonly store: string;
  readonly limit: { readonly max: number; readonly policy: 'deny' | 'evict_oldest' | 'evict_idle' } | null;
  readonly touch_interval_ms: number;
  readonly rotation_grace_ms: number;
  readonly retention_ms: number | null;
  readonly page_size_max: number;
  readonly clock: ClockSetting;
}

export interface ClockSetting {
  readonly offset_ms: number;
  /** The resolution of the clock: it shows multiples of this. */
  readonly tick_ms: number;
}

export interface Call {
  readonly call: number;
  readonly operation: Operation;
}

export type ToNode =
  | { readonly type: 'calls'; readonly calls: readonly Call[] }
  | { readonly type: 'clock'; readonly clock: ClockSetting }
  /** Stops the clock until the next `clock`, and writes all activity noticed so far. */
  | { readonly type: 'rest' }
  | { readonly type: 'stop' };

export type NodeEvent =
  | Omit<Answered, 'operation' | 'node'>
  | Extract<HistoryEvent, { readonly type: 'delivered' | 'gap' | 'watermark' }>;

export type FromNode =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'resting' }
  /** Ordered by time; every later event of this node has a time after `until`. */
  | { readonly type: 'events'; readonly events: readonly NodeEvent[]; readonly until: number };
