/**
 * The same flags for every contender.
 *
 * The heap limit must not matter: a million sessions of the original take 2.5 GB. V8 shrinks the young generation of an
 * idle process, and contenders are idle between their slices. Without a minimum the service then took a fifth more CPU
 * per request.
 */
export const HEAP_FLAGS: readonly string[] = ['--max-old-space-size=8192', '--min-semi-space-size=16'];
