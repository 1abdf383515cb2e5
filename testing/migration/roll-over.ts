import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from '@redis/client';
import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import { createSessionsClient } from '../../packages/client/src/index.ts';
import { PipSessionsStore } from '../../packages/client/src/session-libraries/express-session.ts';
import { Jar } from '../examples/jar.ts';

/** How an application moves from connect-redis to the service while its users go on. */
export interface RollOverOptions {
  readonly redis_url: string;
  readonly service_url: string;
  readonly users: number;
  /** The number of requests at a time. A user has one at a time. */
  readonly parallel: number;
  /** The number of instances of the application. */
  readonly instances: number;
  /** The time between the end of the rolling restart and the change-over. */
  readonly wait_ms: number;
  /** Is called with the name of each phase. */
  readonly progress?: (phase: PhaseName) => void;
}

const PHASES = ['old store', 'rolling restart', 'before change-over', 'after change-over'] as const;
type PhaseName = (typeof PHASES)[number];

interface PhaseFigures {
  readonly phase: PhaseName;
  requests: number;
  /** Requests whose user was not signed in. */
  sign_outs: number;
  /** Requests whose user had not all earlier changes. */
  lost_changes: number;
  /** Responses other than 200. */
  errors: number;
  readonly latencies_ms: number[];
}

export interface RolledOver {
  readonly phases: readonly PhaseFigures[];
  /** Sessions that are in Redis at the end. */
  readonly left_in_redis: number;
  /** Live sessions of users that the service has at the end. */
  readonly in_service: number;
}

interface User {
  readonly name: string;
  readonly jar: Jar;
  /** The changes that the user has made. */
  changes: number;
  isBusy: boolean;
}

interface Instance {
  readonly url: string;
  /** The number of requests that it has not responded to. */
  pending: number;
  readonly stop: () => Promise<void>;
}

const MAX_AGE_MS = 3_600_000;
/** One request of so many changes the session. */
const CHANGE_EVERY = 4;

/** Moves the application. Each instance has its own connection, store and memory, as a process has. */
export async function rollOver(options: RollOverOptions): Promise<RolledOver> {
  const { redis_url, service_url, wait_ms, progress } = options;
  const redis = await createClient({ url: redis_url }).connect();
  const client = createSessionsClient({ url: service_url });
  const oldStore = () => new RedisStore({ client: redis });
  const instances: Instance[] = [];
  try {
    for (let n = 0; n < options.instances; n += 1) instances.push(await startInstance(oldStore()));
    const users = await signedIn(instances, options);
    const phases: PhaseFigures[] = [];
    const enter = (phase: PhaseName) => {
      phases.push({ phase, requests: 0, sign_outs: 0, lost_changes: 0, errors: 0, latencies_ms: [] });
      progress?.(phase);
    };
    const load = new Load(users, options.parallel, instances, () => phases.at(-1) as PhaseFigures);
    enter('old store');
    load.start();
    await load.next(Math.ceil(users.length / 4));

    enter('rolling restart');
    // The restart has to end before: in production, choose a time some minutes ahead.
    const from = new Date(Date.now() + options.instances * 1000 + wait_ms);
    for (const [at, former] of [...instances].entries()) {
      await load.next(Math.ceil(users.length / 10));
      const store = new PipSessionsStore({
        client: createSessionsClient({ url: service_url }),
        fallback: { store: oldStore(), from },
      });
      instances[at] = await startInstance(store);
      // A load balancer drains it: it gets no new request, and ends the last ones.
      while (former.pending > 0) await load.next(1);
      await former.stop();
    }
    enter('before change-over');
    while (Date.now() < from.getTime()) await load.next(1);
    enter('after change-over');
    await load.each();
    await load.stop();
    let in_service = 0;
    for await (const { client: name } of client.all({ active: true })) if (name === null) in_service += 1;
    return { phases, left_in_redis: await redis.dbSize(), in_service };
  } finally {
    await Promise.all(instances.map((instance) => instance.stop()));
    redis.destroy();
  }
}

async function startInstance(store: session.Store): Promise<Instance> {
  const app = express();
  app.use(express.json());
  const cookie = { maxAge: MAX_AGE_MS };
  app.use(session({ store, secret: 'a secret', resave: false, saveUninitialized: false, cookie }));
  app.post('/login', (req, res) => {
    Object.assign(req.session, { userId: req.body.user, changes: 0 });
    res.json({});
  });
  app.post('/change', (req, res) => {
    const changes = Number(Reflect.get(req.session, 'changes') ?? 0) + 1;
    Object.assign(req.session, { changes });
    res.json({ user: Reflect.get(req.session, 'userId'), changes });
  });
  app.get('/me', (req, res) => {
    res.json({ user: Reflect.get(req.session, 'userId'), changes: Reflect.get(req.session, 'changes') });
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, pending: 0, stop };
}

async function signedIn(instances: readonly Instance[], { users: count, parallel }: RollOverOptions): Promise<User[]> {
  const users: User[] = [];
  const signIn = async () => {
    while (users.length < count) {
      const name = `user ${users.length}`;
      const jar = new Jar(instances[users.length % instances.length]?.url ?? '');
      const user = { name, jar, changes: 0, isBusy: false };
      users.push(user);
      const { status } = await jar.post('/login', { user: name });
      if (status !== 200) throw new Error(`The sign-in failed with ${status}.`);
    }
  };
  await Promise.all(Array.from({ length: parallel }, signIn));
  return users;
}

/** Requests of all users in turn, each to any instance. */
class Load {
  readonly #users: readonly User[];
  readonly #parallel: number;
  readonly #instances: readonly Instance[];
  readonly #figures: () => PhaseFigures;
  #sent = 0;
  #done = 0;
  #isStopped = false;
  #running: Promise<unknown> = Promise.resolve();
  #changed = Promise.withResolvers<void>();

  constructor(users: readonly User[], parallel: number, instances: readonly Instance[], figures: () => PhaseFigures) {
    this.#users = users;
    this.#parallel = parallel;
    this.#instances = instances;
    this.#figures = figures;
  }

  start(): void {
    this.#running = Promise.all(Array.from({ length: this.#parallel }, () => this.#run()));
    // A failure ends the waiting too.
    this.#running.catch((error) => this.#changed.reject(error));
  }

  /** Resolves after so many more requests. */
  async next(requests: number): Promise<void> {
    const end = this.#done + requests;
    while (this.#done < end) await this.#changed.promise;
  }

  /** Resolves when each user has sent one more request, unless an earlier one took too long. */
  each(): Promise<void> {
    return this.next(Math.ceil(1.1 * this.#users.length) + this.#parallel);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      const number = this.#sent;
      this.#sent += 1;
      const user = this.#users[number % this.#users.length];
      const instance = this.#instances[Math.floor(number / 3) % this.#instances.length];
      if (user && instance && !user.isBusy) await this.#request(user, instance, number % CHANGE_EVERY === 0);
      this.#done += 1;
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    }
  }

  async #request(user: User, instance: Instance, isChange: boolean): Promise<void> {
    const { url } = instance;
    const figures = this.#figures();
    user.isBusy = true;
    instance.pending += 1;
    const begun = performance.now();
    const cookie = Array.from(user.jar.cookies, ([name, value]) => `${name}=${value}`).join('; ');
    // Without reuse of a connection: a stopped instance would be reached over an old one.
    const init = { method: isChange ? 'POST' : 'GET', headers: { cookie, connection: 'close' } };
    const response = await fetch(`${url}${isChange ? '/change' : '/me'}`, init);
    const body = (await response.json().catch(() => ({}))) as { user?: unknown; changes?: unknown };
    figures.latencies_ms.push(performance.now() - begun);
    figures.requests += 1;
    if (response.status !== 200) figures.errors += 1;
    else if (body.user !== user.name) figures.sign_outs += 1;
    else {
      if (isChange) user.changes += 1;
      if (body.changes !== user.changes) figures.lost_changes += 1;
    }
    user.isBusy = false;
    instance.pending -= 1;
  }
}
