import { createPrivateKey, X509Certificate } from 'node:crypto';
import * as v from 'valibot';
import { AppError, messageOf } from '../core/errors.ts';
import { tlsOptions } from '../util/tls-options.ts';
import { flag, path, string } from './fields.ts';
import { RotatingFile } from './rotating-file.ts';

export const tlsConfig = v.pipe(
  v.strictObject({
    caFile: v.exactOptional(
      path('The certificate authorities to trust, in PEM.', { unset: 'those that the system trusts' }),
    ),
    certFile: v.exactOptional(path('The certificate to show, in PEM, with those between it and the authority.')),
    keyFile: v.exactOptional(path('The private key of `certFile`, in PEM, not encrypted.')),
    serverName: v.exactOptional(
      string("The name the server's certificate has to be valid for.", { unset: "the URL's host" }),
    ),
    insecureSkipVerify: v.optional(flag('Takes any certificate. Whoever is in between reads what is sent.'), false),
  }),
  v.description('TLS. Files that are replaced are read again.'),
  v.partialCheck(
    [['certFile'], ['keyFile']],
    ({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined),
    'found one of certFile and keyFile, want both or neither',
  ),
);

export type TlsConfig = v.InferOutput<typeof tlsConfig>;
export type TlsOptions = ReturnType<typeof tlsOptions>;

/** What TLS connections are made with, kept current while the files of the configuration are replaced. */
export class TlsFiles {
  readonly #config: TlsConfig;
  readonly #files: Readonly<Record<'ca' | 'cert' | 'key', RotatingFile | undefined>>;
  #made: { readonly contents: readonly (string | undefined)[]; readonly options: TlsOptions } | undefined;

  /** `now` in milliseconds. */
  constructor(config: TlsConfig, now: () => number) {
    this.#config = config;
    const file = (name: 'caFile' | 'certFile' | 'keyFile'): RotatingFile | undefined => {
      const { [name]: place } = config;
      return place === undefined ? undefined : new RotatingFile(place, `tls.${name}`, now);
    };
    this.#files = { ca: file('caFile'), cert: file('certFile'), key: file('keyFile') };
  }

  /**
   * The same object as long as no file has changed. Rejects with an AppError that names the file while there is nothing
   * usable; once there was, it is used until something else is.
   */
  async options(): Promise<TlsOptions> {
    const { ca, cert, key } = this.#files;
    const how = { fresh: false };
    // Not Promise.all: the first problem is the one that is told.
    const contents = [await ca?.read(how), await cert?.read(how), await key?.read(how)] as const;
    if (this.#made?.contents.every((content, index) => content === contents[index])) return this.#made.options;
    try {
      this.#made = { contents, options: this.#make(...contents) };
    } catch (error) {
      // A certificate and its key are two files: there is an instant when only one of them has been replaced.
      if (!this.#made) throw error;
    }
    return this.#made.options;
  }

  #make(ca: string | undefined, cert: string | undefined, key: string | undefined): TlsOptions {
    const { caFile, certFile, keyFile, serverName, insecureSkipVerify } = this.#config;
    if (ca !== undefined) parsed(() => new X509Certificate(ca), `tls.caFile ${caFile}`, 'a certificate in PEM');
    const settings = { ca, insecure: insecureSkipVerify, ...(serverName !== undefined && { serverName }) };
    if (cert === undefined || key === undefined) return tlsOptions(settings);
    const certificate = parsed(() => new X509Certificate(cert), `tls.certFile ${certFile}`, 'a certificate in PEM');
    const privateKey = parsed(() => createPrivateKey(key), `tls.keyFile ${keyFile}`, 'a private key in PEM');
    if (!certificate.checkPrivateKey(privateKey)) {
      throw unusable(`tls.keyFile ${keyFile}`, 'the key of another certificate', `the one of ${certFile}`);
    }
    try {
      return tlsOptions({ ...settings, certificate: { cert, key } });
    } catch (error) {
      throw unusable(`tls.certFile ${certFile}`, messageOf(error), 'certificates that OpenSSL takes');
    }
  }
}

function parsed<T>(parse: () => T, place: string, wanted: string): T {
  try {
    return parse();
  } catch {
    throw unusable(place, 'something else', wanted);
  }
}

function unusable(place: string, found: string, wanted: string): AppError {
  return new AppError('CREDENTIALS_FAILED', `use ${place}: found ${found}, want ${wanted}`);
}
