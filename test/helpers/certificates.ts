import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** PEM, and the files that hold it. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** Certificates made by openssl in `directory`. */
export class CertificateAuthority {
  readonly #directory: string;
  readonly authority: Certificate;

  constructor(directory: string, name: string) {
    this.#directory = directory;
    const files = filesOf(directory, name);
    openssl('req', '-x509', ...newKey(files.keyFile), '-subj', `/CN=${name}`, '-days', '2', '-out', files.certFile);
    this.authority = contentOf(files);
  }

  /** One for a server with these names (`DNS:example`, `IP:127.0.0.1`), or for a client without any. */
  issue(name: string, subjectAltNames: readonly string[] = []): Certificate {
    const files = filesOf(this.#directory, name);
    const request = join(this.#directory, `${name}.csr`);
    const extensions = join(this.#directory, `${name}.ext`);
    openssl('req', ...newKey(files.keyFile), '-subj', `/CN=${name}`, '-out', request);
    writeFileSync(extensions, subjectAltNames.length > 0 ? `subjectAltName=${subjectAltNames.join(',')}\n` : '');
    const { certFile, keyFile } = this.authority;
    openssl(
      'x509',
      '-req',
      '-in',
      request,
      '-CA',
      certFile,
      '-CAkey',
      keyFile,
      '-days',
      '2',
      '-extfile',
      extensions,
      '-out',
      files.certFile,
    );
    return contentOf(files);
  }
}

function newKey(file: string): string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file];
}

function filesOf(directory: string, name: string) {
  return { certFile: join(directory, `${name}.crt`), keyFile: join(directory, `${name}.key`) };
}

function contentOf(files: { readonly certFile: string; readonly keyFile: string }): Certificate {
  return { ...files, cert: readFileSync(files.certFile, 'utf8'), key: readFileSync(files.keyFile, 'utf8') };
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
