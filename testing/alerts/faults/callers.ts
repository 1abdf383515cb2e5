import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createSessionsClient } from '@pip-sessions/client';
import { newApiKey } from '../../../packages/service/src/http/authentication/api-keys.ts';
import type { Fault } from '../fault.ts';

const CONNECTIONS_MAX = 100;
const CONNECTIONS = 85;

const CONNECTED: Fault = {
  name: `a caller takes ${CONNECTIONS} of ${CONNECTIONS_MAX} connections`,
  causes: ['SessionsConnections'],
  prepare: async (installation) => {
    const { port } = await installation.node(installation.sqlite(), {
      SESSIONS_CONNECTIONS_MAX: String(CONNECTIONS_MAX),
    });
    const sockets: Socket[] = [];
    const end = () => {
      for (const socket of sockets) socket.destroy();
    };
    installation.defer(end);
    return {
      begin: async () => {
        for (let count = 0; count < CONNECTIONS; count += 1) {
          const socket = connect(port, '127.0.0.1').on('error', () => {});
          sockets.push(socket);
          await once(socket, 'connect');
        }
      },
      end,
    };
  },
};

/** More than four fifths of the 5,000 that a process takes. */
const LISTENERS = 4_100;
const LISTENERS_AT_ONCE = 50;

const LISTENING: Fault = {
  name: `callers open ${LISTENERS} of 5000 change streams`,
  causes: ['SessionsListeners'],
  mayCause: ['SessionsEventLoop'],
  prepare: async (installation) => {
    const { url } = await installation.node(installation.sqlite());
    const agent = new Agent({ keepAlive: false });
    installation.defer(() => agent.destroy());
    return {
      begin: async () => {
        for (let count = 0; count < LISTENERS; count += LISTENERS_AT_ONCE) {
          await Promise.all(Array.from({ length: LISTENERS_AT_ONCE }, () => listen(`${url}/v2/changes`, agent)));
        }
      },
      end: () => agent.destroy(),
    };
  },
};

async function listen(url: string, agent: Agent): Promise<void> {
  const sent = get(url, { agent });
  const [response] = await once(sent, 'response');
  if (response.statusCode !== 200) throw new Error(`GET ${url}: ${response.statusCode}`);
  response.on('error', () => {}).resume();
}

const REUSES = 12;

const REUSED: Fault = {
  name: `${REUSES} replaced tokens are used again`,
  causes: ['SessionsTokenReuse'],
  prepare: async (installation) => {
    const { url } = await installation.node(installation.sqlite(), { SESSIONS_ROTATION_GRACE: '0' });
    const client = createSessionsClient({ url });
    return {
      begin: async () => {
        for (let count = 0; count < REUSES; count += 1) {
          const { token } = await client.open({ user_id: `user ${count}` });
          await client.rotate({ token });
          await client.validate(token);
        }
      },
      end: () => {},
    };
  },
};

const WRONG_KEYS_INTERVAL_MS = 100;

const WRONG_KEYS: Fault = {
  name: 'an application has a wrong API key',
  causes: ['SessionsAuthenticationFailures'],
  prepare: async (installation) => {
    const { key, configured } = newApiKey('shop', 'write');
    const { url } = await installation.node(installation.sqlite(), { SESSIONS_API_KEYS: configured });
    const client = createSessionsClient({ url, key: newApiKey('shop', 'write').key, retries: 0 });
    const calls = new AbortController();
    let calling = Promise.resolve();
    const call = async () => {
      while (!calls.signal.aborted) {
        await client.open({ user_id: 'ann' }).catch(() => {});
        await delay(WRONG_KEYS_INTERVAL_MS);
      }
    };
    const end = () => {
      calls.abort();
      return calling;
    };
    installation.defer(end);
    return {
      key,
      begin: () => {
        calling = call();
      },
      end,
    };
  },
};

export const CALLER_FAULTS: readonly Fault[] = [CONNECTED, LISTENING, REUSED, WRONG_KEYS];
