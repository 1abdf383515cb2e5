import { Connection } from '../load/connection.ts';
import { requestBytes } from '../load/request.ts';

const ANSWER_TIMEOUT_MS = 20_000;

/** Calls commands over one connection, one after the other; every call rejects once the connection is gone. */
export class Caller {
  readonly #port: number;
  readonly #connection: Connection;
  readonly #inbox: Inbox;

  private constructor(port: number, connection: Connection, inbox: Inbox) {
    this.#port = port;
    this.#connection = connection;
    this.#inbox = inbox;
  }

  static async open(port: number): Promise<Caller> {
    const inbox = new Inbox();
    const connection = await Connection.open(port, {
      answered: ({ status, body }) => inbox.take(status === 200 ? JSON.parse(body.toString()) : { status }),
      broken: (reason) => inbox.fail(new Error(reason)),
    });
    return new Caller(port, connection, inbox);
  }

  /** The parsed body of a 200; of any other answer, its status alone. */
  call(command: string, members: object): Promise<unknown> {
    const answer = this.#inbox.next();
    this.#connection.send(requestBytes(this.#port, `/v1/sessions/${command}`, members));
    return answer;
  }

  close(): void {
    this.#connection.close();
  }
}

/** The one answer that is waited for. */
class Inbox {
  #failure: Error | null = null;
  #waiting: PromiseWithResolvers<unknown> | null = null;
  #timer: NodeJS.Timeout | undefined;

  next(): Promise<unknown> {
    if (this.#failure) return Promise.reject(this.#failure);
    this.#timer = setTimeout(() => this.fail(new Error('no answer')), ANSWER_TIMEOUT_MS);
    this.#waiting = Promise.withResolvers();
    return this.#waiting.promise;
  }

  take(answer: unknown): void {
    clearTimeout(this.#timer);
    this.#waiting?.resolve(answer);
    this.#waiting = null;
  }

  fail(failure: Error): void {
    clearTimeout(this.#timer);
    this.#failure = failure;
    this.#waiting?.reject(failure);
    this.#waiting = null;
  }
}
