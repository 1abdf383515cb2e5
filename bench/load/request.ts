const BASE = '/v1/sessions';

/** A whole HTTP request for a command of API v1, ready to be written to a connection. */
export function requestBytes(port: number, command: string, members: object): Buffer {
  const body = JSON.stringify(members);
  const head = [
    `POST ${BASE}/${command} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}
