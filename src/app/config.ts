import * as v from 'valibot';
import { sinksConfig } from '../component/sink-config.ts';
import { namesOf } from '../config/distinct-names.ts';
import { choice, duration, listenAddress, loopbackAddress, string } from '../config/fields.ts';
import { rule } from '../config/rule.ts';
import { routeProblems, routesConfig } from '../pipeline/route-config.ts';
import { SINKS } from '../sinks/index.ts';
import { kafkaSourceConfig } from '../sources/kafka/config.ts';
import { clustersConfig } from '../sources/kubernetes/config.ts';
import { dataConfig, retentionConfig } from '../store/config.ts';
import { LOG_LEVELS } from '../telemetry/log.ts';
import { isObject } from '../util/is-object.ts';

const proxyConfig = v.pipe(
  v.strictObject({
    listen: loopbackAddress('Where every path belongs to the API server.'),
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
      loopbackAddress('Where Tidings listens: the Kubernetes API of events, which asks nobody who they are.'),
      '127.0.0.1:7780',
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
  rule((config) => (isObject(config) ? routeProblems(config['routes'], namesOf(config['sinks'])) : [])),
);
