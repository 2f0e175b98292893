/**
 * Callers by the certificates they show. Who signed one decides what it says, so each is checked against the authorities
 * in question, whatever else the connection was accepted with.
 */
import { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { UserInfo } from '../component/access-reviews.ts';
import { isObject } from '../util/is-object.ts';
import { LruMap } from '../util/lru-map.ts';

/** For clients, and for everything: https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.12 */
const USAGES = ['1.3.6.1.5.5.7.3.2', '2.5.29.37.0'];
/** One for users and one for proxies of some clusters. */
const PARSED = new LruMap<string, readonly X509Certificate[]>(32);

/** What the caller has shown, as far as any authority that is asked for vouches for it. */
export function clientCertificate({ socket }: IncomingMessage): X509Certificate | undefined {
  return socket instanceof TLSSocket && socket.authorized ? socket.getPeerX509Certificate() : undefined;
}

/**
 * Whether one of the authorities, in PEM, has signed the certificate for a client, itself: Node does not tell a server
 * what a caller has shown between the two. `now` in milliseconds.
 */
export function isSignedBy(certificate: X509Certificate, authorities: string, now: number): boolean {
  if (!isCurrent(certificate, now) || !isForClients(certificate)) return false;
  return certificatesOf(authorities).some(
    (authority) =>
      authority.ca &&
      isCurrent(authority, now) &&
      certificate.checkIssued(authority) &&
      certificate.verify(authority.publicKey),
  );
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates */
export function userOfCertificate(certificate: X509Certificate): UserInfo | undefined {
  const name = commonName(certificate);
  if (name === '') return undefined;
  return { name, groups: subjectOf(certificate, 'O'), extra: {} };
}

export function commonName(certificate: X509Certificate): string {
  return subjectOf(certificate, 'CN').at(-1) ?? '';
}

function subjectOf(certificate: X509Certificate, attribute: string): readonly string[] {
  const subject: unknown = certificate.toLegacyObject().subject;
  const value = isObject(subject) ? subject[attribute] : undefined;
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((item) => typeof item === 'string');
}

function certificatesOf(pem: string): readonly X509Certificate[] {
  const known = PARSED.get(pem);
  if (known) return known;
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const certificates = blocks.map((block) => new X509Certificate(block));
  PARSED.set(pem, certificates);
  return certificates;
}

function isCurrent({ validFromDate, validToDate }: X509Certificate, now: number): boolean {
  return validFromDate.getTime() <= now && now <= validToDate.getTime();
}

function isForClients({ keyUsage }: X509Certificate): boolean {
  const usages: readonly string[] | undefined = keyUsage;
  return usages === undefined || usages.some((usage) => USAGES.includes(usage));
}
