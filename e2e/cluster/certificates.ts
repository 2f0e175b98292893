/** The keys and certificates of a control plane or of a single server, made by openssl. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const EC_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '365'];

function openssl(dir: string, ...args: readonly string[]): void {
  execFileSync('openssl', args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
}

function authority(dir: string, name: string): void {
  openssl(dir, 'req', '-x509', ...EC_KEY, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.crt`);
}

export interface Leaf {
  readonly name: string;
  /** As openssl writes it: `/O=dev/CN=ann`. */
  readonly subject: string;
  readonly names: string;
  /** Which authority signs it; absent: `ca`. */
  readonly signer?: 'ca' | 'front-proxy-ca';
}

function leaf(dir: string, { name, subject, names, signer = 'ca' }: Leaf): void {
  const extensions = [
    'basicConstraints=critical,CA:FALSE',
    'extendedKeyUsage=serverAuth,clientAuth',
    `subjectAltName=${names}`,
  ];
  const signing = ['-subj', subject, '-CA', `${signer}.crt`, '-CAkey', `${signer}.key`];
  const files = ['-keyout', `${name}.key`, '-out', `${name}.crt`];
  const added = extensions.flatMap((extension) => ['-addext', extension]);
  openssl(dir, 'req', '-x509', ...EC_KEY, ...signing, ...added, ...files);
}

export interface Certificates {
  /** PEM files: `.crt` and `.key` of each name, and the service accounts' signing key. */
  readonly path: (
    file: `${'ca' | 'server' | 'admin' | 'front-proxy-ca' | 'front-proxy-client'}.${'crt' | 'key'}` | 'sa.key',
  ) => string;
  /** Makes another one, in files of its name. */
  readonly issue: (leaf: Leaf) => { readonly certFile: string; readonly keyFile: string };
}

/**
 * An authority, the API server's certificate, an administrator's client certificate and the service accounts' key; and the
 * authority and certificate with which the API server asks the API servers of extensions.
 */
export function createCertificates(dir: string): Certificates {
  authority(dir, 'ca');
  leaf(dir, {
    name: 'server',
    subject: '/CN=kube-apiserver',
    names: 'IP:127.0.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc',
  });
  leaf(dir, { name: 'admin', subject: '/O=system:masters/CN=admin-certificate', names: 'DNS:admin' });
  authority(dir, 'front-proxy-ca');
  leaf(dir, {
    name: 'front-proxy-client',
    subject: '/CN=front-proxy-client',
    names: 'DNS:front-proxy-client',
    signer: 'front-proxy-ca',
  });
  openssl(dir, 'genrsa', '-out', 'sa.key', '2048');
  return {
    path: (file) => join(dir, file),
    issue(wanted) {
      leaf(dir, wanted);
      return { certFile: join(dir, `${wanted.name}.crt`), keyFile: join(dir, `${wanted.name}.key`) };
    },
  };
}

/** An authority and the certificate of a server on loopback: `ca.crt`, `server.crt` and `server.key` in the folder. */
export function createServerCertificate(dir: string): void {
  authority(dir, 'ca');
  leaf(dir, { name: 'server', subject: '/CN=localhost', names: 'IP:127.0.0.1,DNS:localhost' });
}
