import type { Command } from 'commander';
import type { Running } from '../app/run.ts';
import type { RunFlags } from '../app/run-config.ts';
import { resolveDataDir } from '../config/data-dir.ts';
import type { CliIo } from './_io.ts';
import { addDataFlag } from './_store-flags.ts';

interface RunCommandFlags extends RunFlags {
  readonly demo?: boolean;
}

/** `tidings run`: collects until it is stopped. */
export function addRunCommand(program: Command, io: CliIo): void {
  addRunFlags(program.command('run'))
    .description('collect every event, until stopped')
    .option('--demo', 'watch a simulated cluster, in a data directory of its own')
    .action(async (flags: RunCommandFlags) => {
      // Loaded only when used: the commands that read should answer at once.
      const [run, { runConfigSource }] = await Promise.all([
        flags.demo
          ? import('../app/demo.ts').then(({ runDemo }) => runDemo)
          : import('../app/run.ts').then((app) => app.run),
        import('../app/run-config.ts'),
      ]);
      const signal = io.signal ?? new AbortController().signal;
      const demoDir = flags.demo && flags.data === undefined ? demoDataDir(io.env) : undefined;
      const source = runConfigSource(demoDir === undefined ? flags : { ...flags, data: demoDir }, io.env);
      const { config, data: started } = await source.load();
      const { onHangup } = io;
      const reload = source.hasFiles ? { source, started, ...(onHangup && { onHangup }) } : undefined;
      const greet = (running: Running) => io.stdout.write(greeting(running, config.dataDir, io.env));
      await run(config, greet, signal, reload);
    });
}

/** The flags that `run` and `check` share. */
export function addRunFlags(command: Command): Command {
  command
    .option('--config <file>', 'a YAML file (TIDINGS_CONFIG); flags are the short form for one cluster')
    .option('--from <source>', '`clusters`, or `kafka`: what another Tidings wrote to the topic of the configuration');
  addListenFlags(addServerFlags(addDataFlag(command)));
  return command
    .option('--metrics-listen <address>', 'where probes and metrics are, default as --listen (TIDINGS_METRICS_LISTEN)')
    .option('--proxy-listen <address>', 'where to stand in front of the API server (TIDINGS_PROXY_LISTEN)');
}

/** Which API server is meant. */
export function addServerFlags(command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'instead of KUBECONFIG and ~/.kube/config')
    .option('--context <name>', 'a context of the kubeconfig, instead of the current one')
    .option('--server <url>', 'an API server on this machine, plain HTTP and without credentials');
}

/** Where the APIs are served, and to whom. */
export function addListenFlags(command: Command): Command {
  return command
    .option('--listen <address>', 'where to listen, default 127.0.0.1:7780 (TIDINGS_LISTEN)')
    .option('--tls-cert-file <file>', 'the certificate to serve with, in PEM (TIDINGS_TLS_CERT_FILE)')
    .option('--tls-private-key-file <file>', 'its private key, in PEM (TIDINGS_TLS_KEY_FILE)')
    .option('--authentication <how>', '`kubernetes`: by the API server; default none (TIDINGS_AUTHENTICATION)')
    .option('--read-token-file <file>', 'a token to read everything with (TIDINGS_READ_TOKEN_FILE)')
    .option('--insecure', 'listen where others can reach it, without TLS or authentication (TIDINGS_INSECURE)')
    .option('--default-window <duration>', 'how far back to serve events, default 1d (TIDINGS_DEFAULT_WINDOW)');
}

/** The demo must not mix its made-up events with real ones, unless somebody asks for it. */
function demoDataDir(env: CliIo['env']): string {
  return env['TIDINGS_DATA'] ? resolveDataDir(env) : `${resolveDataDir(env)}-demo`;
}

function greeting({ url, probesUrl }: Running, dataDir: string, env: CliIo['env']): string {
  const program = env['TIDINGS_PROGRAM'] ?? 'tidings';
  const data = dataDir === resolveDataDir(env) ? '' : ` --data ${dataDir}`;
  return `Try:\n  ${program} get events${data}\n  ${kubectlLine(url)}\n  curl ${probesUrl}/readyz\n`;
}

/** How to read by kubectl. It takes a certificate and credentials from a kubeconfig alone. */
export function kubectlLine(url: string): string {
  if (url.startsWith('http:')) return `kubectl --server ${url} get events -A`;
  return `tidings kubeconfig --url ${url} --with-credentials > tidings.yaml && kubectl --kubeconfig tidings.yaml get events -A`;
}
