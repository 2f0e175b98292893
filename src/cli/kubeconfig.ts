import { type Command, InvalidArgumentError } from 'commander';
import { stringify } from 'yaml';
import { parseSpan } from './_args.ts';
import type { CliIo } from './_io.ts';

interface KubeconfigFlags {
  readonly url: string;
  readonly cluster?: string;
  readonly window?: string;
  readonly name?: string;
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
    .action((flags: KubeconfigFlags) => {
      io.stdout.write(stringify(kubeconfigOf(flags)));
    });
}

function kubeconfigOf({ url, cluster, window, name: wanted }: KubeconfigFlags): object {
  const name = wanted ?? (cluster === undefined ? 'tidings' : `tidings-${cluster}`);
  const parts = [
    url.replace(/\/+$/, ''),
    cluster === undefined ? '' : `/clusters/${encodeURIComponent(cluster)}`,
    window === undefined ? '' : `/window/${window}`,
  ];
  // @kubernetes/client-node refuses plain HTTP unless it is told that there is nothing to verify.
  const verification = url.startsWith('http:') && { 'insecure-skip-tls-verify': true };
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: parts.join(''), ...verification } }],
    users: [{ name, user: {} }],
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
