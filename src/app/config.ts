import * as v from 'valibot';
import { sinksConfig } from '../component/sink-config.ts';
import { namesOf } from '../config/distinct-names.ts';
import { choice, listenAddress } from '../config/fields.ts';
import { rule } from '../config/rule.ts';
import { routeProblems, routesConfig } from '../pipeline/route-config.ts';
import { SINKS } from '../sinks/index.ts';
import { kafkaSourceConfig } from '../sources/kafka/config.ts';
import { clustersConfig } from '../sources/kubernetes/config.ts';
import { dataConfig, retentionConfig } from '../store/config.ts';
import { LOG_LEVELS } from '../telemetry/log.ts';
import { isObject } from '../util/is-object.ts';

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
        'Where Tidings listens. So far it serves probes and metrics alone: nothing, when `metricsListen` is set.',
      ),
      '127.0.0.1:7780',
    ),
    metricsListen: v.exactOptional(
      listenAddress('Where probes and metrics are served.', { unset: 'the same as `listen`' }),
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
  rule((config) => (isObject(config) ? routeProblems(config['routes'], namesOf(config['sinks'])) : [])),
);
