import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { RotatingFile } from '../config/rotating-file.ts';
import { AppError, messageOf } from '../core/errors.ts';

export interface ServingTlsOptions {
  /** In PEM, with those between it and its authority. */
  readonly certFile: string;
  readonly keyFile: string;
  /** Whose certificates callers may show, in PEM. Absent: they are not asked for any. Never rejects. */
  readonly clientAuthorities?: () => Promise<string>;
  /** In milliseconds. */
  readonly now?: () => number;
}

interface Made {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly options: SecureContextOptions;
}

/** What an address is served with over TLS, kept current while its files and the authorities are replaced. */
export class ServingTls {
  readonly requestsCertificates: boolean;
  readonly #options: ServingTlsOptions;
  readonly #certFile: RotatingFile;
  readonly #keyFile: RotatingFile;
  #made: Made | undefined;

  constructor(options: ServingTlsOptions) {
    const { certFile, keyFile, clientAuthorities, now = Date.now } = options;
    this.requestsCertificates = clientAuthorities !== undefined;
    this.#options = options;
    this.#certFile = new RotatingFile(certFile, 'tls.certFile', now);
    this.#keyFile = new RotatingFile(keyFile, 'tls.keyFile', now);
  }

  /**
   * The same object as long as nothing has changed. Rejects with an AppError CREDENTIALS_FAILED while there is nothing
   * usable; once there was, it is used until something else is.
   */
  async current(): Promise<SecureContextOptions> {
    const how = { fresh: false };
    const cert = await this.#certFile.read(how);
    const key = await this.#keyFile.read(how);
    const ca = (await this.#options.clientAuthorities?.()) ?? '';
    const { cert: oldCert, key: oldKey, ca: oldCa } = this.#made ?? {};
    if (this.#made && cert === oldCert && key === oldKey && ca === oldCa) return this.#made.options;
    try {
      this.#made = { cert, key, ca, options: this.#make(cert, key, ca) };
    } catch (error) {
      // A certificate and its key are two files: there is an instant when only one of them has been replaced.
      if (!this.#made) throw error;
    }
    return this.#made.options;
  }

  #make(cert: string, key: string, ca: string): SecureContextOptions {
    const { certFile, keyFile } = this.#options;
    const options = { cert, key, ...(ca && { ca }) };
    let found = 'the key of another certificate';
    try {
      if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
        createSecureContext(options);
        return options;
      }
    } catch (error) {
      found = messageOf(error);
    }
    const place = `tls.certFile ${certFile} with tls.keyFile ${keyFile}`;
    throw new AppError('CREDENTIALS_FAILED', `use ${place}: found ${found}, want a certificate and its key in PEM`);
  }
}
