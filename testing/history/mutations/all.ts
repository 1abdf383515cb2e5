import { IN_FEEDS } from './feeds.ts';
import type { Mutation } from './mutation.ts';
import { RULES } from './rules.ts';
import { IN_STORES } from './stores.ts';

export const MUTATIONS: readonly Mutation[] = [...RULES, ...IN_STORES, ...IN_FEEDS];
