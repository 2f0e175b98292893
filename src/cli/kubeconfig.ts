import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { stringify } from 'yaml';
import { AppError, messageOf } from '../core/errors.ts';
import { parseSpan } from './_args.ts';
import type { CliIo } from './_io.ts';

interface KubeconfigFlags {
  readonly url: string;
  readonly cluster?: string;
  readonly window?: string;
  readonly name?: string;
  readonly certificateAuthority?: string;
  readonly withCredentials?: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** `tidings kubeconfig`: a kubeconfig whose one context reads events from Tidings. */
export function addKubeconfigCommand(program: Command, io: CliIo): void {
  program
    .command('kubeconfig')
    .description('print a kubeconfig with a context that reads events from Tidings')
    .option('--url <url>', 'where Tidings listens', parseUrl, 'http://127.0.0.1:7780')
    .option('--cluster <name>', 'a stored cluster, instead of the first one')
    .option('--window <duration>', 'how far back to look, such as 30d, or all', parseWindow)
    .option('--name <name>', 'what the context is called, default tidings or tidings-CLUSTER')
    .option(
      '--certificate-authority <file>',
      'whose certificate Tidings shows, in PEM; default those the system trusts',
    )
    .option('--with-credentials', 'with what authenticates the user of a context, as the kubeconfig has it')
    .option('--kubeconfig <file>', 'where that context is, instead of KUBECONFIG and ~/.kube/config')
    .option('--context <name>', 'that context, instead of the current one')
    .action(async (flags: KubeconfigFlags) => {
      const user = flags.withCredentials ? await credentialsOf(flags, io.env) : {};
      const ca = flags.certificateAuthority === undefined ? undefined : readAuthority(flags.certificateAuthority);
      io.stdout.write(stringify(kubeconfigOf(flags, user, ca)));
    });
}

async function credentialsOf({ kubeconfig, context, url }: KubeconfigFlags, env: CliIo['env']): Promise<object> {
  // kubectl would not send them.
  if (!url.startsWith('https:')) throw new AppError('USAGE', `use --with-credentials: found --url ${url}, want https`);
  const { loadContextUser } = await import('../app/load-context-user.ts');
  return loadContextUser({ env, ...(kubeconfig && { kubeconfig }), ...(context && { context }) });
}

function readAuthority(file: string): string {
  try {
    const pem = readFileSync(file, 'utf8');
    if (pem.includes('-----BEGIN CERTIFICATE-----')) return Buffer.from(pem).toString('base64');
  } catch (cause) {
    throw new AppError('USAGE', `read --certificate-authority: ${messageOf(cause)}`, { cause });
  }
  throw new AppError('USAGE', `read --certificate-authority: found no certificate in ${file}, want one in PEM`);
}

function kubeconfigOf(
  { url, cluster, window, name: wanted }: KubeconfigFlags,
  user: object,
  ca: string | undefined,
): object {
  const name = wanted ?? (cluster === undefined ? 'tidings' : `tidings-${cluster}`);
  const parts = [
    url.replace(/\/+$/, ''),
    cluster === undefined ? '' : `/clusters/${encodeURIComponent(cluster)}`,
    window === undefined ? '' : `/window/${window}`,
  ];
  // @kubernetes/client-node refuses plain HTTP unless it is told that there is nothing to verify; others refuse to be told
  // so beside an authority.
  const verification = ca
    ? { 'certificate-authority-data': ca }
    : url.startsWith('http:') && { 'insecure-skip-tls-verify': true };
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: parts.join(''), ...verification } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
}

function parseUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:/.test(text))
    throw new InvalidArgumentError('Wanted: a URL such as http://127.0.0.1:7780.');
  return text;
}

function parseWindow(text: string): string {
  if (text !== 'all') parseSpan(text);
  return text;
}
