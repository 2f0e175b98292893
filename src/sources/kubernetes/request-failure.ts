import { AppError, messageOf } from '../../core/errors.ts';

/** What went wrong on the way, by the code of Node, undici or OpenSSL. */
const FAILURES: Readonly<Record<string, { readonly found: string; readonly hint?: string }>> = {
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

/**
 * The error for a request that got no answer, or only a part of one: which server, and what happened on the way.
 * `action` starts the message, as `GET /api/v1/events`. An AppError stays what it is.
 */
export function requestFailure(action: string, server: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const { found, hint } = describe(error);
  return new AppError('API_REQUEST_FAILED', `${action} from ${server}: ${found}`, {
    cause: error,
    ...(hint !== undefined && { hint }),
  });
}

function describe(error: unknown): { readonly found: string; readonly hint?: string } {
  const code = codeOf(error);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      found: `the server's certificate is for other names: ${namesOf(error)}`,
      hint: 'The tls-server-name of a cluster in the kubeconfig is the name to check instead of the host.',
    };
  }
  if (UNKNOWN_AUTHORITY.has(code)) {
    return {
      found: `the server's certificate is signed by an unknown authority (${code})`,
      hint: 'The certificate-authority of a cluster in the kubeconfig names the authority to trust.',
    };
  }
  const known = FAILURES[code];
  if (known) return known;
  if (code.startsWith('ERR_SSL_')) return { found: `the TLS handshake failed (${code})` };
  return { found: code === '' ? messageOf(error) : `${messageOf(error)} (${code})` };
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

/** The name that was wanted and those of the certificate: Node's own message leaves out names when an address was wanted. */
function namesOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('cert' in error) || !('host' in error)) return messageOf(error);
  const { cert, host } = error;
  const names = typeof cert === 'object' && cert !== null && 'subjectaltname' in cert ? cert.subjectaltname : 'none';
  return `found ${String(names)}, want ${String(host)}`;
}
