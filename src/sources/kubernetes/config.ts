import * as v from 'valibot';
import { namesOf, repeatedNames } from '../../config/distinct-names.ts';
import { duration, flag, path, text, url } from '../../config/fields.ts';
import { rule } from '../../config/rule.ts';

const namespace = text('A namespace.', {
  // https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
  pattern: /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  wanted: 'a namespace of lower-case letters, digits and "-", in quotes when all are digits',
});

/** One cluster to watch. `eventTTL` in milliseconds. */
const clusterConfig = v.pipe(
  v.strictObject({
    name: v.exactOptional(
      text('What this cluster is called in everything that is stored.', {
        pattern: /^[a-z0-9._-]{1,63}$/,
        wanted: 'up to 63 of the characters a-z 0-9 . _ -, in quotes when all are digits',
        unset: "the kubeconfig context's name, else `default`",
      }),
    ),
    kubeconfig: v.exactOptional(path('The kubeconfig file.', { unset: 'found as kubectl finds it' })),
    context: v.exactOptional(
      text('The context of the kubeconfig.', {
        pattern: /./,
        wanted: 'the name of a context',
        unset: 'the current one',
      }),
    ),
    preferInCluster: v.exactOptional(
      flag('Whether the service account of the pod is used, where there is one, before a kubeconfig is looked for.', {
        unset: 'a kubeconfig that names a context comes first, as for kubectl',
      }),
    ),
    server: v.exactOptional(
      url('The URL of the API server, instead of `kubeconfig` and `context`; no credentials are sent.', {
        unset: "the context's",
      }),
    ),
    namespaces: v.exactOptional(
      v.pipe(
        v.array(namespace),
        v.minLength(1, 'found an empty list, want at least one namespace, or no such key for all'),
        v.description('The namespaces to watch, each on its own.'),
        v.metadata({ unset: 'all' }),
      ),
    ),
    eventTTL: v.exactOptional(
      duration("The API server's `--event-ttl`, by which expiry is told from deletion.", { unset: 'learned' }),
    ),
  }),
  v.description('A cluster to watch.'),
  v.partialCheck(
    [['server'], ['kubeconfig'], ['context']],
    ({ server, kubeconfig, context }) => server === undefined || (kubeconfig === undefined && context === undefined),
    'server is set together with kubeconfig or context, want one or the other',
  ),
);

/** The clusters to watch. Names that are given differ; those that come from contexts are compared when they are known. */
export const clustersConfig = v.pipe(
  v.array(clusterConfig),
  v.minLength(1, 'found an empty list, want at least one cluster, or no such key for the current context'),
  rule((clusters) => repeatedNames('clusters', namesOf(clusters))),
  v.description('The clusters to watch, all by one process and into one store.'),
  v.metadata({ unset: 'one, of the current context' }),
);
