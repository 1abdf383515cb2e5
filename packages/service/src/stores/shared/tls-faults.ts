export const PLAIN = 'the port of the server does not use TLS';
const NOT_SIGNED =
  "the server's certificate is not signed by a trusted authority: name the authority's certificate in the store URL";

/**
 * Errors that an operator can fix, by the codes of Node and OpenSSL
 * (https://nodejs.org/api/tls.html#x509-certificate-error-codes).
 */
const REASONS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: NOT_SIGNED,
  SELF_SIGNED_CERT_IN_CHAIN: NOT_SIGNED,
  UNABLE_TO_GET_ISSUER_CERT: NOT_SIGNED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: NOT_SIGNED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: NOT_SIGNED,
  CERT_SIGNATURE_FAILURE: NOT_SIGNED,
  CERT_HAS_EXPIRED: "the server's certificate has expired",
  CERT_NOT_YET_VALID: "the server's certificate is not valid yet",
  ERR_TLS_CERT_ALTNAME_INVALID: "the server's certificate is for another host name than the one in the store URL",
  ERR_SSL_WRONG_VERSION_NUMBER: PLAIN,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: PLAIN,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'the server requires a client certificate',
};

/** Why TLS with a server is impossible, if waiting does not help; null for any other error. */
export function tlsFaultOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EPROTO' && /wrong version number|packet length/.test(message)) return PLAIN;
  return REASONS[code ?? ''] ?? null;
}

export function isTlsFault(reason: string | null): boolean {
  return reason !== null && Object.values(REASONS).includes(reason);
}
