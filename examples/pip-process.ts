/** A process of Pip.Services components from a configuration file, with a component of the application. */
import { fileURLToPath } from 'node:url';
import { SessionsProcess } from '@pip-sessions/pip-service';
import { Descriptor } from 'pip-services3-commons-nodex';

/** The container opens it with the other components, and closes it before them. */
class Greeting {
  async open(): Promise<void> {
    console.log('hello');
  }

  async close(): Promise<void> {
    console.log('goodbye');
  }
}

const sessions = new SessionsProcess();
sessions.addFactory({
  canCreate: (locator) => new Descriptor('shop', 'greeting', '*', '*', '1.0').equals(locator),
  create: () => new Greeting(),
});

await sessions.open(fileURLToPath(new URL('pip-config.yml', import.meta.url)), process.env);
console.log('serving:', sessions.urls[0]);
process.once('SIGTERM', () => sessions.close());
