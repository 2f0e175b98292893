/** Why a request got no answer, or only a part of one, in words for an operator. */
export interface ConnectionProblem {
  /** Of Node, undici or OpenSSL; empty when there is none. */
  readonly code: string;
  readonly found: string;
  /** One sentence: what to look at. */
  readonly hint?: string;
  /** What the server's certificate is refused for, where that is what a setting can change. */
  readonly certificate?: 'name' | 'authority';
}

const PROBLEMS: Readonly<Record<string, Omit<ConnectionProblem, 'code'>>> = {
  ECONNREFUSED: { found: 'connection refused' },
  ECONNRESET: { found: 'connection reset by the server' },
  EPIPE: { found: 'connection closed by the server' },
  UND_ERR_SOCKET: { found: 'connection closed by the server' },
  EHOSTUNREACH: { found: 'no route to the host' },
  ENETUNREACH: { found: 'no route to the network' },
  ENOTFOUND: { found: 'the host name is not known' },
  EAI_AGAIN: { found: 'the host name could not be looked up' },
  ETIMEDOUT: { found: 'connection timed out' },
  UND_ERR_CONNECT_TIMEOUT: { found: 'timeout: no connection in time' },
  UND_ERR_HEADERS_TIMEOUT: { found: 'timeout: no answer in time' },
  UND_ERR_BODY_TIMEOUT: { found: 'timeout: the answer fell silent' },
  UND_ERR_PRX_TLS: { found: "the proxy's certificate is for another name" },
  UND_ERR_PRX_CONN: { found: 'the proxy closed the connection' },
  UND_ERR_DESTROYED: { found: 'the client was closed' },
  UND_ERR_CLOSED: { found: 'the client was closed' },
  CERT_HAS_EXPIRED: { found: "the server's certificate has expired" },
  CERT_NOT_YET_VALID: {
    found: "the server's certificate is not valid yet",
    hint: 'Compare the clocks of both machines.',
  },
  EPROTO: { found: 'the server does not speak TLS' },
  ERR_SSL_WRONG_VERSION_NUMBER: { found: 'the server does not speak TLS' },
  HPE_INVALID_CONSTANT: { found: 'the server does not speak HTTP', hint: 'A server behind TLS has an https URL.' },
  ERR_STREAM_PREMATURE_CLOSE: { found: 'connection closed by the server' },
  Z_BUF_ERROR: { found: 'the compressed answer broke off' },
  Z_DATA_ERROR: { found: 'the answer is not gzip' },
};

// https://nodejs.org/docs/latest-v24.x/api/tls.html#x509-certificate-error-codes
const UNKNOWN_AUTHORITY = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
]);

export function connectionProblem(error: unknown): ConnectionProblem {
  const code = codeOf(error);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return { code, certificate: 'name', found: `the server's certificate is for other names: ${namesOf(error)}` };
  }
  if (UNKNOWN_AUTHORITY.has(code)) {
    const found = `the server's certificate is signed by an unknown authority (${code})`;
    return { code, certificate: 'authority', found };
  }
  const known = PROBLEMS[code];
  if (known) return { code, ...known };
  if (code.startsWith('ERR_SSL_')) return { code, found: `the TLS handshake failed (${code})` };
  const message = error instanceof Error ? error.message : String(error);
  return { code, found: code === '' ? message : `${message} (${code})` };
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

/** The name that was wanted and those of the certificate: Node's own message leaves out names when an address was wanted. */
function namesOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('cert' in error) || !('host' in error)) return String(error);
  const { cert, host } = error;
  const names = typeof cert === 'object' && cert !== null && 'subjectaltname' in cert ? cert.subjectaltname : 'none';
  return `found ${String(names)}, want ${String(host)}`;
}
