/** Sprig's functions for keys and certificates: https://masterminds.github.io/sprig/crypto.html */
import { type KeyObject, X509Certificate } from 'node:crypto';
import { sprint } from '../fmt.ts';
import type { TemplateFunctions } from '../functions.ts';
import { fromBytes } from '../go-string.ts';
import { STRING, structType } from '../go-type.ts';
import { GoError, type GoSlice, type GoStruct, type GoValue, structOf } from '../value.ts';
import { decodeBase64 } from './base-encoding.ts';
import { addressBytes, makeCertificate, type Signer } from './certificate.ts';
import { define, int, list, parameter, string } from './define.ts';
import { firstPemBlock, generatePrivateKey, generateRsaKey, parsePrivateKey, privateKeyPem } from './private-key.ts';

const CERTIFICATE = structType('sprig.certificate', [
  { name: 'Cert', type: STRING },
  { name: 'Key', type: STRING },
]);
const certificate = parameter<GoStruct>(CERTIFICATE);

/** Runs what may fail with what its errors begin with. */
function inContext<T>(context: string, attempt: () => T): T {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof GoError) throw new GoError(context + error.message);
    throw error;
  }
}

const keyOf = (pem: string): KeyObject => inContext('parsing private key: ', () => parsePrivateKey(pem));

function textsOf(values: GoSlice, problem: string): string[] {
  return (values.items ?? []).map((value) => {
    if (typeof value !== 'string') throw new GoError(`${problem}: ${sprint([value])} is not a string`);
    return value;
  });
}

function parsedCertificate(text: string): X509Certificate {
  const block = firstPemBlock(text);
  if (block === undefined) throw new GoError('unable to decode certificate');
  try {
    return new X509Certificate(block.pem.replaceAll(block.label, 'CERTIFICATE'));
  } catch {
    throw new GoError('error parsing certificate: decodedCert.Bytes: x509: malformed certificate');
  }
}

function signerOf(authority: GoStruct): Signer {
  const [cert, key] = [authority.field(0), authority.field(1)].map(String);
  const parsed = parsedCertificate(cert ?? '');
  const signingKey = inContext('error parsing private key: ', () => parsePrivateKey(key ?? ''));
  if (!parsed.checkPrivateKey(signingKey)) {
    throw new GoError("error creating certificate: x509: provided PrivateKey doesn't match parent's PublicKey");
  }
  return { certificate: parsed, key: signingKey };
}

interface Wanted {
  readonly commonName: string;
  readonly ips?: GoSlice;
  readonly dnsNames?: GoSlice;
  readonly daysValid: number;
  readonly isAuthority?: boolean;
}

function decoded(text: string, what: string): string {
  try {
    return fromBytes(decodeBase64(text));
  } catch (error) {
    if (error instanceof GoError) throw new GoError(`unable to decode base64 ${what}`);
    throw error;
  }
}

/** A certificate and key of the caller, when they are what they should be. */
function buildCustomCertificate(encodedCert: string, encodedKey: string): GoValue {
  const Cert = decoded(encodedCert, 'certificate');
  const Key = decoded(encodedKey, 'private key');
  parsedCertificate(Cert);
  inContext('error parsing private key: ', () => parsePrivateKey(Key));
  return structOf(CERTIFICATE, { Cert, Key });
}

export function certificateFunctions(now: () => number): TemplateFunctions {
  const make = (wanted: Wanted, key: KeyObject, signer?: Signer): GoValue => {
    const { commonName, daysValid, isAuthority = false } = wanted;
    const ips = wanted.ips === undefined ? [] : textsOf(wanted.ips, 'error parsing ip');
    for (const ip of ips) addressBytes(ip);
    const dnsNames =
      wanted.dnsNames === undefined ? [] : textsOf(wanted.dnsNames, 'error processing alternate dns name');
    const request = { commonName, ips, dnsNames, daysValid, isAuthority, now: now() };
    return structOf(CERTIFICATE, { Cert: makeCertificate(request, key, signer), Key: privateKeyPem(key) });
  };
  const names = [string, list, list, int] as const;
  return {
    genPrivateKey: define([string], STRING, generatePrivateKey),
    buildCustomCert: define([string, string], CERTIFICATE, buildCustomCertificate),
    genCA: define([string, int], CERTIFICATE, (commonName, daysValid) =>
      make({ commonName, daysValid, isAuthority: true }, generateRsaKey()),
    ),
    genCAWithKey: define([string, int, string], CERTIFICATE, (commonName, daysValid, key) =>
      make({ commonName, daysValid, isAuthority: true }, keyOf(key)),
    ),
    genSelfSignedCert: define(names, CERTIFICATE, (commonName, ips, dnsNames, daysValid) =>
      make({ commonName, ips, dnsNames, daysValid }, generateRsaKey()),
    ),
    genSelfSignedCertWithKey: define([...names, string], CERTIFICATE, (commonName, ips, dnsNames, daysValid, key) =>
      make({ commonName, ips, dnsNames, daysValid }, keyOf(key)),
    ),
    genSignedCert: define([...names, certificate], CERTIFICATE, (commonName, ips, dnsNames, daysValid, authority) =>
      make({ commonName, ips, dnsNames, daysValid }, generateRsaKey(), signerOf(authority)),
    ),
    genSignedCertWithKey: define(
      [...names, certificate, string],
      CERTIFICATE,
      (commonName, ips, dnsNames, daysValid, authority, key) =>
        make({ commonName, ips, dnsNames, daysValid }, keyOf(key), signerOf(authority)),
    ),
  };
}
