/**
 * X.509 certificates as Go's crypto/x509 makes them: Node signs but makes none. https://www.rfc-editor.org/rfc/rfc5280
 */
import { createHash, createPublicKey, type KeyObject, randomBytes, sign, type X509Certificate } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { GoError } from '../value.ts';
import { der, derInteger, derOid, derValues } from './der.ts';
import { pemBlock } from './private-key.ts';

export interface CertificateRequest {
  readonly commonName: string;
  readonly ips: readonly string[];
  readonly dnsNames: readonly string[];
  readonly daysValid: number;
  readonly isAuthority: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Who signs: a certificate in PEM and its key. Without one a certificate is signed by its own key. */
export interface Signer {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

/** The certificate in PEM. Throws a GoError for what cannot be signed or named. */
export function makeCertificate(request: CertificateRequest, key: KeyObject, signer?: Signer): string {
  const algorithm = signatureAlgorithm(signer?.key ?? key);
  const subject = distinguishedName(request.commonName);
  const issuer = signer === undefined ? { name: subject, keyId: undefined } : issuerOf(signer.certificate);
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const content = der(
    'sequence',
    der(0xa0, der('integer', Buffer.of(2))),
    derInteger(randomBytes(16)),
    algorithm.identifier,
    issuer.name,
    der('sequence', time(request.now), time(request.now + request.daysValid * 86_400_000)),
    subject,
    publicKey,
    der(
      0xa3,
      der('sequence', ...extensions(request, publicKey, issuer.name.equals(subject) ? undefined : issuer.keyId)),
    ),
  );
  const signature = sign(algorithm.hash, content, signer?.key ?? key);
  return pemBlock('CERTIFICATE', der('sequence', content, algorithm.identifier, bitString(signature)));
}

interface SignatureAlgorithm {
  readonly identifier: Buffer;
  readonly hash: string | null;
}

const CURVES: Readonly<Record<string, SignatureAlgorithm>> = {
  prime256v1: { identifier: der('sequence', derOid('1.2.840.10045.4.3.2')), hash: 'sha256' },
  secp384r1: { identifier: der('sequence', derOid('1.2.840.10045.4.3.3')), hash: 'sha384' },
  secp521r1: { identifier: der('sequence', derOid('1.2.840.10045.4.3.4')), hash: 'sha512' },
};

function signatureAlgorithm({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): SignatureAlgorithm {
  const known =
    type === 'rsa'
      ? { identifier: der('sequence', derOid('1.2.840.113549.1.1.11'), der('null')), hash: 'sha256' }
      : type === 'ed25519'
        ? { identifier: der('sequence', derOid('1.3.101.112')), hash: null }
        : CURVES[details?.namedCurve ?? ''];
  if (known === undefined) throw new GoError('error creating certificate: x509: unsupported public key type');
  return known;
}

const isPrintable = (text: string): boolean => /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text);

function distinguishedName(commonName: string): Buffer {
  if (commonName === '') return der('sequence');
  const text = der(isPrintable(commonName) ? 'printableString' : 'utf8String', commonName);
  return der('sequence', der('set', der('sequence', derOid('2.5.4.3'), text)));
}

/** Two digits for the year as long as they tell it: https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5 */
function time(instant: number): Buffer {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999) {
    throw new GoError('error creating certificate: cannot represent time as GeneralizedTime');
  }
  const digits = `${date.toISOString().replace(/\..*|\D/g, '')}Z`;
  const year = date.getUTCFullYear();
  return year >= 1950 && year < 2050 ? der('utcTime', digits.slice(2)) : der('generalizedTime', digits);
}

const bitString = (bytes: Uint8Array, unusedBits = 0): Buffer => der('bitString', Buffer.of(unusedBits), bytes);

const extension = (oid: string, value: Uint8Array, isCritical = false): Buffer =>
  der('sequence', derOid(oid), isCritical ? der('boolean', Buffer.of(0xff)) : '', der('octetString', value));

function extensions(request: CertificateRequest, publicKey: Buffer, issuerKeyId: Buffer | undefined): Buffer[] {
  const { isAuthority, commonName } = request;
  // Digital signature, key encipherment, and for authorities signing of certificates.
  const usage = isAuthority ? bitString(Buffer.of(0xa4), 2) : bitString(Buffer.of(0xa0), 5);
  const purposes = der('sequence', derOid('1.3.6.1.5.5.7.3.1'), derOid('1.3.6.1.5.5.7.3.2'));
  const constraints = der('sequence', isAuthority ? der('boolean', Buffer.of(0xff)) : '');
  const names = alternativeNames(request);
  return [
    extension('2.5.29.15', usage, true),
    extension('2.5.29.37', purposes),
    extension('2.5.29.19', constraints, true),
    ...(isAuthority ? [extension('2.5.29.14', der('octetString', keyIdOf(publicKey)))] : []),
    ...(issuerKeyId === undefined ? [] : [extension('2.5.29.35', der('sequence', der(0x80, issuerKeyId)))]),
    ...(names.length === 0 ? [] : [extension('2.5.29.17', der('sequence', ...names), commonName === '')]),
  ];
}

/** https://www.rfc-editor.org/rfc/rfc7093#section-2 */
function keyIdOf(publicKey: Buffer): Buffer {
  const [, bits] = derValues(derValues(publicKey)[0]?.content ?? publicKey);
  return createHash('sha256')
    .update(bits?.content.subarray(1) ?? '')
    .digest()
    .subarray(0, 20);
}

function alternativeNames({ dnsNames, ips }: CertificateRequest): Buffer[] {
  for (const name of dnsNames) {
    // oxlint-disable-next-line no-control-regex -- ASCII is what is asked for
    if (!/^[\x00-\x7f]*$/.test(name)) {
      throw new GoError(`error creating certificate: x509: "${name}" cannot be encoded as an IA5String`);
    }
  }
  return [...dnsNames.map((name) => der(0x82, name)), ...ips.map((ip) => der(0x87, addressBytes(ip)))];
}

/** Four bytes or sixteen; throws a GoError for what is no address. */
export function addressBytes(ip: string): Buffer {
  if (isIPv4(ip)) return Buffer.from(ip.split('.').map(Number));
  if (!isIPv6(ip) || ip.includes('%')) throw new GoError(`error parsing ip: ${ip}`);
  const words = ip.replace(/[\d.]+$/, (tail) => (isIPv4(tail) ? hexWords(tail) : tail));
  const [front = [], behind = []] = words.split('::').map((part) => part.split(':').filter((word) => word !== ''));
  const all = [...front, ...Array<string>(8 - front.length - behind.length).fill('0'), ...behind];
  const bytes = Buffer.from(all.map((word) => word.padStart(4, '0')).join(''), 'hex');
  const isMapped = bytes.subarray(0, 12).equals(Buffer.from('00000000000000000000ffff', 'hex'));
  return isMapped ? bytes.subarray(12) : bytes;
}

const hexWords = (ipv4: string): string =>
  Buffer.from(ipv4.split('.').map(Number)).toString('hex').replace(/^.{4}/, '$&:');

/** The name under which a certificate signs, and the identifier of its key when it has one. */
function issuerOf(certificate: X509Certificate): { name: Buffer; keyId: Buffer | undefined } {
  const [content] = derValues(derValues(certificate.raw)[0]?.content ?? Buffer.alloc(0));
  const fields = derValues(content?.content ?? Buffer.alloc(0));
  // Version, serial number, algorithm, issuer, validity, subject.
  const name = fields[5]?.whole ?? Buffer.alloc(0);
  const list = fields.find(({ tag }) => tag === 0xa3);
  const extensionList = list === undefined ? [] : derValues(derValues(list.content)[0]?.content ?? Buffer.alloc(0));
  const keyId = extensionList
    .map(({ content: parts }) => derValues(parts))
    .find(([oid]) => oid?.whole.equals(derOid('2.5.29.14')))
    ?.at(-1);
  return { name, keyId: keyId === undefined ? undefined : derValues(keyId.content)[0]?.content };
}
