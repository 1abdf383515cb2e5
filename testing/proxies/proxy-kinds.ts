import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The addresses and paths of a test's configuration, in place of those of an installation. */
export interface Place {
  /** The port of the proxy on loopback. */
  readonly port: number;
  /** The ports of the two nodes on loopback. */
  readonly nodes: readonly [number, number];
  /** A folder of the test, for all files that the proxy reads and writes. */
  readonly folder: string;
}

type Replacement = readonly [from: string, to: string];

/** A reverse proxy for which `deploy/` has a configuration. */
export interface ProxyKind {
  readonly name: string;
  /** The program, which is also the name of its Debian package. */
  readonly program: string;
  /** Its configuration, below `deploy/`. */
  readonly file: string;
  /** Whether the certificate's file has the private key too. */
  readonly isOneFile: boolean;
  /** Whether the version of Debian can send a request with a body again after a refused connection. */
  readonly repeatsBodies: boolean;
  /** The replacements in a test's configuration besides the nodes. Each text must occur. */
  readonly replacements: (place: Place) => readonly Replacement[];
  /** The arguments that check a configuration without a start. */
  readonly check: (config: string) => readonly string[];
  /** The arguments that start the proxy in the foreground. */
  readonly start: (config: string) => readonly string[];
  /** The output that shows that it accepts connections. */
  readonly ready: RegExp;
}

export const PROXY_KINDS: readonly ProxyKind[] = [
  {
    name: 'nginx',
    program: 'nginx',
    file: 'nginx/nginx.conf',
    isOneFile: false,
    repeatsBodies: true,
    replacements: ({ port, folder }) => [
      ['/tmp/', `${folder}/`],
      ['listen 8443 ', `listen 127.0.0.1:${port} `],
      ['/etc/nginx/tls/', `${folder}/`],
    ],
    check: (config) => ['-t', '-c', config],
    // One process, so that none is left if it is killed.
    start: (config) => ['-c', config, '-g', 'daemon off; master_process off;'],
    ready: /notice.* nginx\//,
  },
  {
    name: 'HAProxy',
    program: 'haproxy',
    file: 'haproxy/haproxy.cfg',
    isOneFile: true,
    repeatsBodies: true,
    replacements: ({ port, folder }) => [
      ['bind :8443 ', `bind 127.0.0.1:${port} `],
      ['/etc/haproxy/tls.pem', `${folder}/tls.crt`],
    ],
    check: (config) => ['-c', '-f', config],
    start: (config) => ['-db', '-f', config],
    ready: /Health check for server nodes/,
  },
  {
    name: 'Caddy',
    program: 'caddy',
    file: 'caddy/Caddyfile',
    isOneFile: false,
    repeatsBodies: false,
    replacements: ({ port, folder }) => [
      ['https://sessions.example.com:8443 ', `https://127.0.0.1:${port} `],
      ['/etc/caddy/', `${folder}/`],
      ...(isOldCaddy() ? [['\trequest_buffers 1MiB', ''] as const] : []),
    ],
    check: (config) => ['validate', '--adapter', 'caddyfile', '--config', config],
    start: (config) => ['run', '--adapter', 'caddyfile', '--config', config],
    ready: /serving initial configuration/,
  },
];

/** Caddy 2.6 of Debian does not know how to buffer a request correctly. */
function isOldCaddy(): boolean {
  return /^v?2\.[0-6]\./.test(execFileSync('caddy', ['version'], { encoding: 'utf8' }));
}

const DEPLOY = new URL('../../deploy/', import.meta.url);
const CERTIFICATES = new URL('../certificates/', import.meta.url);
const KEY = readFileSync(new URL('localhost.key.pem', CERTIFICATES), 'utf8');
/** The certificate of the proxies, for `localhost` and 127.0.0.1. */
export const CERTIFICATE = readFileSync(new URL('localhost.crt.pem', CERTIFICATES), 'utf8');

/** The files that a proxy needs in the folder, by their names. `config` is the configuration of `deploy/`. */
export function proxyFiles(kind: ProxyKind, place: Place): Readonly<Record<'config' | 'tls.crt' | 'tls.key', string>> {
  const replacements: readonly Replacement[] = [
    ...kind.replacements(place),
    ['sessions-1:8080', `127.0.0.1:${place.nodes[0]}`],
    ['sessions-2:8080', `127.0.0.1:${place.nodes[1]}`],
  ];
  const config = replacements.reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`deploy/${kind.file} does not contain "${from}".`);
      return text.replaceAll(from, to);
    },
    readFileSync(new URL(kind.file, DEPLOY), 'utf8'),
  );
  return { config, 'tls.crt': kind.isOneFile ? CERTIFICATE + KEY : CERTIFICATE, 'tls.key': KEY };
}
