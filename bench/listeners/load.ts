import { Connection } from '../load/connection.ts';
import { requestBytes } from '../load/request.ts';

const CONNECTIONS = 32;

/** Sends requests over a few connections. Each sends its next request after the last response, while `next` returns one. */
export async function runLoad(
  port: number,
  next: () => Buffer | null,
  onBody: (body: string) => void,
): Promise<number> {
  let answers = 0;
  const runs = Array.from({ length: CONNECTIONS }, async () => {
    const done = Promise.withResolvers<void>();
    const send = (): void => {
      const request = next();
      if (request === null) done.resolve();
      else connection.send(request);
    };
    const connection = await Connection.open(port, {
      answered: ({ status, body }) => {
        if (status >= 300) done.reject(new Error(`a request got the status ${status}`));
        answers += 1;
        onBody(body.toString());
        send();
      },
      broken: (reason) => done.reject(new Error(reason)),
    });
    send();
    await done.promise.finally(() => connection.close());
  });
  await Promise.all(runs);
  return answers;
}

export function openRequest(port: number, n: number): Buffer {
  return requestBytes(port, '/v1/sessions/open_session', { user_id: `user-${n % 10_000}`, address: '127.0.0.1' });
}

export function closeRequest(port: number, session_id: string): Buffer {
  return requestBytes(port, '/v1/sessions/close_session', { session_id });
}
