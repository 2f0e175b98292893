/**
 * The kubeconfig file, as far as it matters here: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 * As in Go an absent field, null and the zero value are the same, and fields that are not known are ignored.
 */
import * as v from 'valibot';
import { isObject } from '../../util/is-object.ts';

const text = v.nullish(v.string(), '');
const flag = v.nullish(v.boolean(), false);
const texts = v.nullish(v.array(v.nullish(v.string(), '')), []);

/** Of a field of bytes, decoded. */
const base64 = v.pipe(
  text,
  v.check(
    (value) => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(unfolded(value)),
    'base64',
  ),
  v.transform((value) => Buffer.from(value, 'base64').toString()),
);

// An array is an object for valibot.
const anyMapping = v.custom<Readonly<Record<string, unknown>>>(isObject);

function mapping<const TEntries extends v.ObjectEntries>(entries: TEntries) {
  return v.pipe(anyMapping, v.object(entries));
}

const extension = mapping({ name: text, extension: v.unknown() });

const cluster = mapping({
  server: text,
  'tls-server-name': text,
  'insecure-skip-tls-verify': flag,
  'certificate-authority': text,
  'certificate-authority-data': base64,
  'proxy-url': text,
  'disable-compression': flag,
  extensions: v.nullish(v.array(extension), []),
});

const exec = mapping({
  command: text,
  args: texts,
  env: v.nullish(v.array(mapping({ name: text, value: text })), []),
  apiVersion: text,
  installHint: text,
  provideClusterInfo: flag,
  interactiveMode: text,
});

const user = mapping({
  'client-certificate': text,
  'client-certificate-data': base64,
  'client-key': text,
  'client-key-data': base64,
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  as: text,
  'as-uid': text,
  'as-groups': texts,
  'as-user-extra': v.nullish(v.pipe(anyMapping, v.record(v.string(), texts)), {}),
  'auth-provider': v.nullish(mapping({ name: text })),
  exec: v.nullish(exec),
});

const context = mapping({ cluster: text, user: text, namespace: text });

export const kubeconfigSchema = mapping({
  apiVersion: v.pipe(
    text,
    v.check((value) => value === '' || value === 'v1', '"v1"'),
  ),
  kind: v.pipe(
    text,
    v.check((value) => value === '' || value === 'Config', '"Config"'),
  ),
  'current-context': text,
  clusters: v.nullish(v.array(mapping({ name: text, cluster: v.nullish(cluster, {}) })), []),
  users: v.nullish(v.array(mapping({ name: text, user: v.nullish(user, {}) })), []),
  contexts: v.nullish(v.array(mapping({ name: text, context: v.nullish(context, {}) })), []),
});

export type KubeconfigCluster = v.InferOutput<typeof cluster>;
export type KubeconfigUser = v.InferOutput<typeof user>;
export type KubeconfigExec = v.InferOutput<typeof exec>;
export type KubeconfigContext = v.InferOutput<typeof context>;

// Go's decoder skips line breaks, and nothing else.
function unfolded(value: string): string {
  return value.replaceAll(/[\r\n]/g, '');
}
