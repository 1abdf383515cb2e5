import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Fault } from '../fault.ts';

const STEPPED_CLOCK = fileURLToPath(new URL('../stepped-clock.ts', import.meta.url));
/** The node gets the processor for two fifths of the time, in turns as the quota of a container gives them. */
const HALTED_MS = 240;
const RUNNING_MS = 160;

const KILLED: Fault = {
  name: 'one of two nodes is killed',
  causes: ['SessionsDown'],
  prepare: async (installation) => {
    const { url } = await installation.redis();
    const [node] = [await installation.node(url), await installation.node(url)];
    return { begin: () => node.kill(), end: () => node.startAgain() };
  },
};

const THROTTLED: Fault = {
  name: `a node gets the processor for ${RUNNING_MS} of ${RUNNING_MS + HALTED_MS} ms`,
  causes: ['SessionsEventLoop'],
  mayCause: ['SessionsSlow'],
  prepare: async (installation) => {
    const { pid } = await installation.node(installation.sqlite());
    const turns = new AbortController();
    let halting = Promise.resolve();
    const end = () => {
      turns.abort();
      return halting;
    };
    installation.defer(end);
    return {
      begin: () => {
        halting = halt(pid, turns.signal);
      },
      end,
    };
  },
};

async function halt(pid: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    process.kill(pid, 'SIGSTOP');
    await delay(HALTED_MS);
    process.kill(pid, 'SIGCONT');
    await delay(RUNNING_MS);
  }
}

const CLOCK_STEP: Fault = {
  name: 'the clock of a node is set one minute ahead',
  causes: ['SessionsClockWrong', 'SessionsNotReady'],
  // At the end, the node restarts.
  mayCause: ['SessionsDown'],
  prepare: async (installation) => {
    const { url } = await installation.postgres();
    const node = await installation.node(url, { NODE_OPTIONS: `--import=${STEPPED_CLOCK}` });
    return {
      begin: () => void process.kill(node.pid, 'SIGUSR2'),
      // A clock that was ahead needs a restart: times never go back in a process.
      end: async () => void (await node.restart()),
    };
  },
};

export const PROCESS_FAULTS: readonly Fault[] = [KILLED, THROTTLED, CLOCK_STEP];
