/**
 * Runs an exec plugin as client-go does:
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 * https://kubernetes.io/docs/reference/config-api/client-authentication.v1/
 */
import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import * as v from 'valibot';
import { parse } from 'yaml';
import { AppError } from '../../core/errors.ts';

export const EXEC_API_VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'] as const;

/** Holds secrets: never log or print it. */
export interface ExecConfig {
  /** A path when it has a slash, else the name of a program on the PATH. */
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment of Tidings itself. */
  readonly env: Readonly<Record<string, string>>;
  readonly apiVersion: (typeof EXEC_API_VERSIONS)[number];
  readonly installHint?: string;
  /** Given to the plugin as `spec.cluster`, when it asks for it. */
  readonly cluster?: () => unknown;
}

export interface ExecCredential {
  readonly token?: string;
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** In milliseconds; absent: until the API server refuses it. */
  readonly expiresAt?: number;
}

/** client-go waits for ever, but nobody sits here to answer a plugin's question. */
const TIMEOUT_MS = 60_000;
const OUTPUT_BYTES = 1024 * 1024;

/** Rejects with an AppError CREDENTIALS_FAILED, or with the signal's reason. */
export async function runExecPlugin(
  config: ExecConfig,
  options: { readonly env: NodeJS.ProcessEnv; readonly signal?: AbortSignal; readonly timeoutMs?: number },
): Promise<ExecCredential> {
  const file = findExecutable(config.command, options.env['PATH'] ?? '');
  if (file === undefined) {
    throw failure(config, `found no executable file${config.command.includes('/') ? '' : ' of that name on the PATH'}`);
  }
  const info = {
    kind: 'ExecCredential',
    apiVersion: config.apiVersion,
    spec: { ...(config.cluster && { cluster: config.cluster() }), interactive: false },
  };
  const env = { ...options.env, ...config.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) };
  return readCredential(config, await outputOf(config, file, env, options));
}

function outputOf(
  config: ExecConfig,
  file: string,
  env: NodeJS.ProcessEnv,
  options: { readonly signal?: AbortSignal; readonly timeoutMs?: number },
): Promise<string> {
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  return new Promise((resolve, reject) => {
    const settings = {
      env,
      maxBuffer: OUTPUT_BYTES,
      timeout: timeoutMs,
      killSignal: 'SIGKILL' as const,
      ...(options.signal && { signal: options.signal }),
    };
    const child = execFile(file, config.args, settings, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      if (options.signal?.aborted) return reject(options.signal.reason);
      reject(failure(config, `${howItEnded(error, timeoutMs)}${excerpt(config, stderr)}`));
    });
    // A plugin that reads its input finds the end of it, as it does below kubectl in a script.
    child.stdin?.on('error', () => {}).end();
  });
}

function howItEnded(
  error: { code?: string | number | null; signal?: string | null; killed?: boolean },
  timeoutMs: number,
) {
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return `found more than ${OUTPUT_BYTES} bytes of output`;
  if (typeof error.code === 'string') return `it could not be started: ${error.code}`;
  if (error.killed) return `it was still running after ${timeoutMs / 1000} s`;
  return error.signal ? `it was ended by ${error.signal}` : `it ended with exit code ${error.code}`;
}

const text = v.nullish(v.string(), '');
const answer = v.object({
  apiVersion: text,
  kind: text,
  status: v.nullish(
    v.object({ token: text, clientCertificateData: text, clientKeyData: text, expirationTimestamp: text }),
  ),
});

function readCredential(config: ExecConfig, output: string): ExecCredential {
  // What it printed stays out of every message: it is the secret.
  const parsed = v.safeParse(answer, parsedOutput(config, output));
  if (!parsed.success || parsed.output.kind !== 'ExecCredential') {
    throw failure(config, 'found something else on its standard output, want an ExecCredential');
  }
  const { apiVersion, status } = parsed.output;
  if (apiVersion !== config.apiVersion) {
    throw failure(
      config,
      `found an answer of apiVersion ${JSON.stringify(apiVersion.slice(0, 80))}, want ${config.apiVersion}`,
    );
  }
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = status ?? EMPTY_STATUS;
  if ((cert === '') !== (key === '')) {
    throw failure(config, `found only a client ${cert ? 'certificate' : 'key'}, want both or neither`);
  }
  if (!token && !cert) throw failure(config, 'found no status with a token or client certificate, want one');
  const expiresAt = expirationTimestamp ? Date.parse(expirationTimestamp) : undefined;
  if (Number.isNaN(expiresAt)) {
    throw failure(config, 'found an expirationTimestamp that is no RFC 3339 time, want one or none');
  }
  return {
    ...(token && { token }),
    ...(cert && { certificate: { cert, key } }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

const EMPTY_STATUS = { token: '', clientCertificateData: '', clientKeyData: '', expirationTimestamp: '' };

function parsedOutput(config: ExecConfig, output: string): unknown {
  try {
    return parse(output, { logLevel: 'error', prettyErrors: false });
  } catch {
    throw failure(config, 'found neither JSON nor YAML on its standard output, want an ExecCredential');
  }
}

/** As Go's exec.LookPath: the PATH of Tidings itself counts, not one among the plugin's variables, and never `.`. */
function findExecutable(command: string, path: string): string | undefined {
  if (command.includes('/')) return isExecutable(command) ? command : undefined;
  return path
    .split(delimiter)
    .filter((directory) => isAbsolute(directory))
    .map((directory) => join(directory, command))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function failure(config: ExecConfig, found: string): AppError {
  return new AppError('CREDENTIALS_FAILED', `run exec plugin ${config.command}: ${found}`, {
    ...(config.installHint && { hint: config.installHint }),
  });
}

const EXCERPT_LENGTH = 300;

/** The end of what a plugin said when it failed, without anything that could be a secret. */
function excerpt(config: ExecConfig, stderr: string): string {
  let said = stderr;
  for (const value of Object.values(config.env)) if (value.length >= 4) said = said.replaceAll(value, '<redacted>');
  for (const arg of config.args) if (arg.length >= 16) said = said.replaceAll(arg, '<redacted>');
  said = said
    .replaceAll(/-----BEGIN[\s\S]*?(?:-----END[^-]*-----|$)/g, '<redacted>')
    // Tokens of every make are long words; hardly anything else is.
    .replaceAll(/[\w.+=~/-]{32,}/g, '<redacted>')
    .replaceAll(/\s+/g, ' ')
    .trim();
  if (said === '') return '';
  return `: ${said.length > EXCERPT_LENGTH ? `…${said.slice(-EXCERPT_LENGTH)}` : said}`;
}
