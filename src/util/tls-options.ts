import { isIP } from 'node:net';
import {
  checkServerIdentity,
  createSecureContext,
  getCACertificates,
  type PeerCertificate,
  type SecureContextOptions,
} from 'node:tls';

/** All of it in PEM. */
export interface TlsSettings {
  /** The authorities to trust instead of the system's. */
  readonly ca?: string | undefined;
  readonly certificate?: { readonly cert: string; readonly key: string } | undefined;
  /** The name the server's certificate has to be valid for, and the SNI, instead of the URL's host. */
  readonly serverName?: string;
  /** Accepts any certificate. */
  readonly insecure: boolean;
}

/** What Node makes TLS connections with. Throws when a certificate or key cannot be used. */
export function tlsOptions({ ca, certificate, serverName, insecure }: TlsSettings) {
  const context: SecureContextOptions = { ...certificate };
  const authorities = ca ?? systemAuthorities();
  if (authorities !== undefined) context.ca = authorities;
  return {
    // Made once, since reading the authorities for each connection is slow.
    secureContext: createSecureContext(context),
    rejectUnauthorized: !insecure,
    ...(serverName !== undefined && {
      // SNI knows no addresses: https://www.rfc-editor.org/rfc/rfc6066#section-3
      ...(isIP(serverName) === 0 && { servername: serverName }),
      checkServerIdentity: (_host: string, peer: PeerCertificate) => checkServerIdentity(serverName, peer),
    }),
  };
}

/** What the machine trusts, as for every other program; Node by itself looks only at the list that it brings along. */
function systemAuthorities(): string[] | undefined {
  const authorities = [...getCACertificates('system'), ...getCACertificates('extra')];
  return authorities.length > 0 ? authorities : undefined;
}
