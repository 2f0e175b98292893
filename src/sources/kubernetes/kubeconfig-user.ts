/** From a user of a kubeconfig to what a client authenticates with. */
import { stripVTControlCharacters } from 'node:util';
import type { Auth, Impersonation } from './client-config.ts';
import { EXEC_API_VERSIONS, type ExecConfig } from './exec-plugin.ts';
import type { Entry } from './kubeconfig-file.ts';
import { contentOf, pathOf, pemOf } from './kubeconfig-pem.ts';
import type { KubeconfigCluster, KubeconfigExec, KubeconfigUser } from './kubeconfig-schema.ts';

/** Adds to `problems` what client-go would refuse. */
export function authOf(
  user: Entry<KubeconfigUser>,
  cluster: Entry<KubeconfigCluster> | undefined,
  problems: string[],
): Auth {
  const { token, tokenFile, exec, 'auth-provider': provider } = user.value;
  if (provider) {
    problems.push(
      `${user.place('auth-provider')}: found ${JSON.stringify(provider.name)}, want another way to authenticate`,
    );
  }
  const certificate = certificateOf(user, problems);
  const basic = basicOf(user, problems);
  const execConfig = exec && execOf(user, exec, cluster, problems);
  const impersonate = impersonationOf(user, problems);
  return {
    ...(certificate && { certificate }),
    ...(token && { token }),
    ...(tokenFile && { tokenFile: pathOf(user, tokenFile) }),
    ...(basic && { basic }),
    ...(execConfig && { exec: execConfig }),
    ...(impersonate && { impersonate }),
  };
}

function certificateOf(user: Entry<KubeconfigUser>, problems: string[]): Auth['certificate'] {
  const cert = pemOf(user, 'client-certificate', problems);
  const key = pemOf(user, 'client-key', problems);
  if (cert && key) return { cert, key };
  // client-go takes no notice of a key alone.
  if (cert) problems.push(`${user.place('client-certificate')}: found without client-key, want both`);
  return undefined;
}

function basicOf(user: Entry<KubeconfigUser>, problems: string[]): Auth['basic'] {
  const { token, username, password } = user.value;
  if (!username && !password) return undefined;
  if (token) problems.push(`${user.place('token')}: found together with username and password, want one of them`);
  return { username, password };
}

function impersonationOf(user: Entry<KubeconfigUser>, problems: string[]): Impersonation | undefined {
  const { as, 'as-uid': uid, 'as-groups': groups, 'as-user-extra': extra } = user.value;
  if (as) return { user: as, ...(uid && { uid }), groups, extra };
  if (uid || groups.length > 0 || Object.keys(extra).length > 0) {
    problems.push(`${user.place()}: found as-uid, as-groups or as-user-extra without as, want the user to impersonate`);
  }
  return undefined;
}

function execOf(
  user: Entry<KubeconfigUser>,
  exec: KubeconfigExec,
  cluster: Entry<KubeconfigCluster> | undefined,
  problems: string[],
): ExecConfig | undefined {
  const { command, args, env } = exec;
  const apiVersion = EXEC_API_VERSIONS.find((version) => version === exec.apiVersion);
  if (!apiVersion) {
    problems.push(
      `${user.place('exec', 'apiVersion')}: found ${JSON.stringify(exec.apiVersion)}, want ${EXEC_API_VERSIONS.join(' or ')}`,
    );
    return undefined;
  }
  if (!command) problems.push(`${user.place('exec')}: found no command, want one`);
  if (env.some(({ name }) => !name)) {
    problems.push(`${user.place('exec', 'env')}: found a variable without a name, want all named`);
  }
  checkInteractiveMode(user, exec, problems);
  return {
    command: command.includes('/') ? pathOf(user, command) : command,
    args,
    env: Object.fromEntries(env.map(({ name, value }) => [name, value])),
    apiVersion,
    ...(exec.installHint && { installHint: printable(exec.installHint) }),
    ...(exec.provideClusterInfo && cluster && { cluster: () => clusterInfo(cluster) }),
  };
}

function checkInteractiveMode(user: Entry<KubeconfigUser>, exec: KubeconfigExec, problems: string[]): void {
  // Only in v1 it has no default.
  const mode = exec.interactiveMode || (exec.apiVersion.endsWith('/v1') ? '' : 'IfAvailable');
  if (mode === 'Never' || mode === 'IfAvailable') return;
  const found = mode === 'Always' ? 'Always, for which there is no terminal' : JSON.stringify(mode);
  problems.push(`${user.place('exec', 'interactiveMode')}: found ${found}, want Never or IfAvailable`);
}

/** What a plugin is told: https://kubernetes.io/docs/reference/config-api/client-authentication.v1/#client-authentication-k8s-io-v1-Cluster */
function clusterInfo(cluster: Entry<KubeconfigCluster>): unknown {
  const { value } = cluster;
  const ca = pemOf(cluster, 'certificate-authority', []);
  const authority = ca && Buffer.from(contentOf(ca) ?? '').toString('base64');
  const config = value.extensions.find(({ name }) => name === 'client.authentication.k8s.io/exec')?.extension;
  return {
    server: value.server,
    ...(value['tls-server-name'] && { 'tls-server-name': value['tls-server-name'] }),
    ...(value['insecure-skip-tls-verify'] && { 'insecure-skip-tls-verify': true }),
    ...(authority && { 'certificate-authority-data': authority }),
    ...(value['proxy-url'] && { 'proxy-url': value['proxy-url'] }),
    ...(value['disable-compression'] && { 'disable-compression': true }),
    ...(config !== undefined && { config }),
  };
}

/** Without escape sequences: the text is somebody else's and goes to a terminal. */
function printable(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/(?!\n)\p{Cc}/gu, '');
}
