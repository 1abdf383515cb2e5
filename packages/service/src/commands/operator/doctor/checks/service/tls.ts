import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import { CannotCheck, type Examination } from '../../examination.ts';
import { foundValidity } from '../certificate.ts';
import type { ServiceAddress } from './request.ts';

const HTTPS_PORT = 443;
/** Codes of Node for faults that have a finding of their own. */
const OF_TIME_OR_NAME = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'ERR_TLS_CERT_ALTNAME_INVALID'];

/** Checks the certificate of an https: service. */
export async function examineTls(examination: Examination, { base }: ServiceAddress, now: number): Promise<void> {
  const { protocol, hostname, port } = new URL(base);
  if (protocol !== 'https:') return;
  const host = hostname.replace(/^\[|\]$/g, '');
  await examination.check('the TLS certificate of the service', async (signal) => {
    const socket = await connected(host, Number(port || HTTPS_PORT), signal);
    try {
      checkCertificate(examination, socket, host, now);
    } finally {
      socket.destroy();
    }
  });
}

function checkCertificate(examination: Examination, socket: TLSSocket, host: string, now: number): void {
  const peer = socket.getPeerCertificate();
  const certificate = new X509Certificate(peer.raw);
  const subject = `The certificate of ${host}`;
  foundValidity(examination, subject, certificate, now);
  if (checkServerIdentity(host, peer) !== undefined) {
    const names = peer.subjectaltname ?? peer.subject?.CN ?? 'no name';
    examination.found('TLS_WRONG_NAME', `${subject} is for ${names}.`);
  }
  const { authorizationError: fault } = socket;
  if (fault && !OF_TIME_OR_NAME.includes(String(fault)))
    examination.found('TLS_UNTRUSTED', `${subject} is not trusted: ${fault}.`);
}

/** Connects whatever the certificate is: nothing is sent. */
function connected(host: string, port: number, signal: AbortSignal): Promise<TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const servername = isIP(host) === 0 ? host : '';
  const socket = connect({ host, port, servername, rejectUnauthorized: false }, () => resolve(socket));
  socket.on('error', (error: NodeJS.ErrnoException) => {
    reject(new CannotCheck(`${host}:${port} cannot be reached with TLS: ${error.code ?? error.message}.`));
  });
  signal.addEventListener('abort', () => socket.destroy(new Error('no response in time')), { once: true });
  return promise;
}
