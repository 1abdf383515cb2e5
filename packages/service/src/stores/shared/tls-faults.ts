export const PLAIN = 'the port of the server does not speak TLS';
const NOT_SIGNED =
  'no authority that this process trusts has signed the certificate of the server: name that of its authority in the store URL';

/** By the codes of Node and OpenSSL, what an operator can do something about (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const REASONS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: NOT_SIGNED,
  SELF_SIGNED_CERT_IN_CHAIN: NOT_SIGNED,
  UNABLE_TO_GET_ISSUER_CERT: NOT_SIGNED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: NOT_SIGNED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: NOT_SIGNED,
  CERT_SIGNATURE_FAILURE: NOT_SIGNED,
  CERT_HAS_EXPIRED: 'the certificate of the server has expired',
  CERT_NOT_YET_VALID: 'the certificate of the server is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate of the server is for another host name than that of the store URL',
  ERR_SSL_WRONG_VERSION_NUMBER: PLAIN,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: PLAIN,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'the server wants a certificate of this process',
};

/** Why TLS with a server is not possible, which waiting does not mend; null for any other error. */
export function tlsFaultOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EPROTO' && /wrong version number|packet length/.test(message)) return PLAIN;
  return REASONS[code ?? ''] ?? null;
}

export function isTlsFault(reason: string | null): boolean {
  return reason !== null && Object.values(REASONS).includes(reason);
}
