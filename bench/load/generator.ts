import { SCENARIOS } from '../scenarios/index.ts';
import { load, prepareTarget } from './load.ts';
import type { FromGenerator, ToGenerator } from './protocol.ts';
import type { Target } from './slice.ts';

/** The load generator has its own process, so that it shares no event loop with a contender or the report. */
const targets = new Map<string, Target>();

async function answer(message: ToGenerator): Promise<FromGenerator> {
  switch (message.type) {
    case 'prepare': {
      const scenario = SCENARIOS.find(({ name }) => name === message.scenario);
      if (!scenario) throw new Error(`unknown scenario "${message.scenario}"`);
      targets.set(message.target, prepareTarget(message.pid, message.port, scenario, scenario.calls(message.sample)));
      return { type: 'prepared' };
    }
    case 'measure': {
      const target = targets.get(message.target);
      if (!target) throw new Error(`target ${message.target} is not prepared`);
      return { type: 'measured', measurement: await load(target, message.connections, message.seconds) };
    }
  }
}

function send(message: FromGenerator): void {
  process.send?.(message);
}

process.once('disconnect', () => process.exit());
process.on('message', (message: ToGenerator) => {
  answer(message).then(send, (error: unknown) => send({ type: 'failed', message: String(error) }));
});
