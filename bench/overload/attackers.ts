import { getPriority, setPriority } from 'node:os';
import { open, SHAPES, type Shape, type Target } from './shapes.ts';

/** The process of all attackers. Each shape has its own address, from 127.0.0.2 upward. */
const TICK_MS = 20;
const NICER_BY = 10;
const NICENESS_MAX = 19;

interface Start {
  readonly target: Target;
  /** Names of shapes. */
  readonly shapes: readonly string[];
}

export interface Opened {
  /** The number of opened connections by shape. */
  readonly opened: Readonly<Record<string, number>>;
}

const opened: Record<string, number> = {};

function keepOpen(shape: Shape, target: Target, from: string): void {
  let isOpen = 0;
  let allowed = 0;
  setInterval(() => {
    allowed = Math.min(allowed + (shape.opened_per_second * TICK_MS) / 1_000, shape.opened_per_second);
    for (; allowed >= 1 && isOpen < shape.connections; allowed -= 1) {
      isOpen += 1;
      opened[shape.name] = (opened[shape.name] ?? 0) + 1;
      open(shape, target, from, () => {
        isOpen -= 1;
      });
    }
  }, TICK_MS);
}

process.once('disconnect', () => process.exit());
process.on('message', (message: Start | { readonly count: true }) => {
  if ('count' in message) {
    process.send?.({ opened } satisfies Opened);
    return;
  }
  // Attackers on other machines would not use this machine's CPU.
  setPriority(Math.min(getPriority() + NICER_BY, NICENESS_MAX));
  for (const [index, shape] of SHAPES.entries()) {
    if (message.shapes.includes(shape.name)) keepOpen(shape, message.target, `127.0.0.${index + 2}`);
  }
  process.send?.('started');
});
