import * as v from 'valibot';
import { sinksConfig } from '../component/sink-config.ts';
import { namesOf } from '../config/distinct-names.ts';
import { choice, duration, flag, listenAddress, path, string } from '../config/fields.ts';
import { rule } from '../config/rule.ts';
import { routeProblems, routesConfig } from '../pipeline/route-config.ts';
import { SINKS } from '../sinks/index.ts';
import { kafkaSourceConfig } from '../sources/kafka/config.ts';
import { clustersConfig } from '../sources/kubernetes/config.ts';
import { dataConfig, retentionConfig } from '../store/config.ts';
import { LOG_LEVELS } from '../telemetry/log.ts';
import { isObject } from '../util/is-object.ts';
import { listenProblems } from './listen-problems.ts';

const servingTlsConfig = v.pipe(
  v.strictObject({
    certFile: path('The certificate to serve with, in PEM, with those between it and its authority.'),
    keyFile: path('The private key of `certFile`, in PEM, not encrypted.'),
  }),
  v.description('TLS on `listen` and `proxy.listen`. Files that are replaced are read again.'),
  v.metadata({ unset: 'plain HTTP' }),
);

const proxyConfig = v.pipe(
  v.strictObject({
    listen: listenAddress(
      'Where every path belongs to the API server. kubectl sends credentials over `tls` alone, and an address that others can reach wants it.',
    ),
    cluster: v.exactOptional(
      string('The `name` of the cluster whose API server it is.', { unset: 'the first cluster' }),
    ),
  }),
  v.description('An address in front of the API server: everything passes through, with the credentials of who asks.'),
);

/** Everything that can be configured. Each part's schema lives with the part. */
export const configSchema = v.pipe(
  v.strictObject({
    from: v.optional(
      choice(['clusters', 'kafka'], 'Where records come from: the clusters, or what another Tidings wrote to Kafka.'),
      'clusters',
    ),
    kafka: v.exactOptional(kafkaSourceConfig),
    clusters: v.optional(clustersConfig, [{}]),
    data: v.exactOptional(dataConfig),
    retention: v.optional(retentionConfig, {}),
    sinks: v.optional(sinksConfig(SINKS), []),
    routes: v.optional(routesConfig, []),
    listen: v.optional(
      listenAddress(
        'Where the Kubernetes API of events and the JSON API are. An address that others can reach wants `tls`, and `authentication` or `readTokenFile`.',
      ),
      '127.0.0.1:7780',
    ),
    tls: v.exactOptional(servingTlsConfig),
    authentication: v.optional(
      choice(
        ['none', 'kubernetes'],
        'Who callers of `listen` are, and what they may read: `kubernetes` asks the API server of the cluster that is read, `none` asks nobody.',
      ),
      'none',
    ),
    readTokenFile: v.exactOptional(
      path('A file with a token: whoever sends it may read everything.', { unset: 'there is no such token' }),
    ),
    insecure: v.optional(
      flag('Listens also where others can reach it and there is no TLS, or nobody is asked who they are.'),
      false,
    ),
    metricsListen: v.exactOptional(
      listenAddress('Where probes and metrics are served.', { unset: 'the same as `listen`' }),
    ),
    proxy: v.exactOptional(proxyConfig),
    defaultWindow: v.optional(
      duration(
        'How long ago an event may have been seen last to be served by the Kubernetes API. A path with `/window/30d` or `/window/all` in front asks for more.',
      ),
      '1d',
    ),
    lookUpOwners: v.optional(
      flag(
        'Looks up the owners of the objects that events are about, so that the page tells workloads by owner references and not by names. What sinks and routes have looked up is remembered anyway. Wants rights to the metadata of pods, replicasets and jobs, and of what else owns them.',
      ),
      false,
    ),
    log: v.optional(
      v.pipe(
        v.strictObject({
          level: v.optional(choice(LOG_LEVELS, 'What is logged: this level and those above it.'), 'info'),
          format: v.exactOptional(
            choice(['json', 'pretty'], 'One JSON object a line, or text for people.', {
              unset: '`pretty` on a terminal, else `json`',
            }),
          ),
        }),
        v.description('What Tidings logs about itself, to stderr.'),
      ),
      {},
    ),
  }),
  v.partialCheck(
    [['from'], ['kafka']],
    ({ from, kafka }) => from !== 'kafka' || kafka !== undefined,
    'from is kafka and there is no kafka, want its brokers and topic',
  ),
  v.partialCheck(
    [['from'], ['proxy']],
    ({ from, proxy }) => from !== 'kafka' || proxy === undefined,
    'from is kafka and there is a proxy, want the API server of a cluster for it',
  ),
  v.partialCheck(
    [['from'], ['authentication']],
    ({ from, authentication }) => from !== 'kafka' || authentication !== 'kubernetes',
    'from is kafka and authentication is kubernetes, want clusters whose API servers can be asked',
  ),
  rule((config) => (isObject(config) ? listenProblems(config) : [])),
  rule((config) => (isObject(config) ? routeProblems(config['routes'], namesOf(config['sinks'])) : [])),
);
