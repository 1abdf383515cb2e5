import type { Sample } from '../scenarios/scenario.ts';
import type { Measurement } from './load.ts';

/** Messages to the generator's process, one at a time. */
export type ToGenerator =
  | {
      readonly type: 'prepare';
      readonly target: string;
      readonly pid: number;
      readonly port: number;
      readonly scenario: string;
      readonly sample: Sample;
    }
  | { readonly type: 'measure'; readonly target: string; readonly connections: number; readonly seconds: number };

export type FromGenerator =
  | { readonly type: 'prepared' }
  | { readonly type: 'measured'; readonly measurement: Measurement }
  | { readonly type: 'failed'; readonly message: string };
