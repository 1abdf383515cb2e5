/** A whole HTTP request, ready to be written to a connection. */
export function requestBytes(port: number, path: string, members: object): Buffer {
  const body = JSON.stringify(members);
  const head = [
    `POST ${path} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}
