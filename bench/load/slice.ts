import type { Scenario } from '../scenarios/scenario.ts';
import type { Answer } from './answer.ts';
import { Connection } from './connection.ts';

/** Status and length of every response are checked. One in this number is also parsed and compared. */
const CHECKED_ONE_IN = 32;

export interface Target {
  readonly pid: number;
  readonly port: number;
  readonly scenario: Scenario;
  /** Requests that are ready to be sent, with their subjects. */
  readonly requests: readonly { readonly bytes: Buffer; readonly subject: string }[];
}

/** The shared state of the connections of one slice of load. */
export class Slice {
  readonly latencies: number[] = [];
  errors = 0;
  error: string | null = null;
  readonly #target: Target;
  readonly #seconds: number;
  readonly #done = Promise.withResolvers<void>();
  readonly #starts: (() => void)[] = [];
  #deadline = 0;
  #running = 0;

  constructor(target: Target, seconds: number) {
    this.#target = target;
    this.#seconds = seconds;
  }

  get done(): Promise<void> {
    return this.#done.promise;
  }

  start(now: number): void {
    this.#deadline = now + this.#seconds * 1000;
    this.#running = this.#starts.length;
    for (const start of this.#starts) start();
  }

  fail(reason: string): void {
    this.#done.reject(new Error(`${this.#target.scenario.name} on port ${this.#target.port}: ${reason}`));
  }

  async connect(): Promise<Connection> {
    const { requests } = this.#target;
    let subject = '';
    let sent = 0;
    const next = () => {
      const request = requests[Math.floor(Math.random() * requests.length)];
      if (!request) throw new Error('the scenario has no requests');
      subject = request.subject;
      sent = performance.now();
      connection.send(request.bytes);
    };
    const connection = await Connection.open(this.#target.port, {
      answered: (answer) => {
        const now = performance.now();
        this.latencies.push(now - sent);
        this.#check(answer, subject);
        if (now < this.#deadline) next();
        else this.#finish();
      },
      broken: (reason) => this.fail(reason),
    });
    this.#starts.push(next);
    return connection;
  }

  #finish(): void {
    this.#running -= 1;
    if (this.#running === 0) this.#done.resolve();
  }

  #check({ status, body }: Answer, subject: string): void {
    if (status === 200) {
      if (this.latencies.length % CHECKED_ONE_IN !== 1) return;
      if (this.#target.scenario.isRight(parsed(body), subject)) return;
    }
    this.errors += 1;
    this.error ??= `status ${status} about ${subject}: ${body.toString().slice(0, 300)}`;
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
