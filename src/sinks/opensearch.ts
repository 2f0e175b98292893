/**
 * Writes each record as a document into OpenSearch by its bulk API:
 * https://docs.opensearch.org/latest/api-reference/document-apis/bulk/
 * What is said of Elasticsearch about repeats and order holds here as well.
 */
import { defineSink } from '../component/sink.ts';
import { createElasticsearchSink, elasticsearchConfig, LIMITS } from './_elasticsearch-sink.ts';

export const opensearchSink = defineSink({
  type: 'opensearch',
  summary: 'Writes each record as a document into a data stream or an index of OpenSearch 1 to 3.',
  delivery:
    'Every revision of an event is a document of its own, whose id is the record’s key: sent again, it replaces itself in an index. A data stream knows the ids of its newest backing index alone: what is sent again after a rollover is there twice. Documents appear in no particular order; `@timestamp` is when the event was last seen.',
  config: elasticsearchConfig,
  limits: LIMITS,
  concurrency: 4,
  examples: [
    {
      title: 'An index a month',
      config: `hosts: [https://opensearch.example.com:9200]
index: kubernetes-events-%{+yyyy.MM}
auth:
  basic: { username: tidings, password: "\${OPENSEARCH_PASSWORD}" }
`,
    },
    { title: 'A data stream', config: 'hosts: [http://opensearch.logging.svc:9200]\ndataStream: events-prod\n' },
  ],
  // https://docs.opensearch.org/latest/mappings/supported-field-types/flat-object/ since 2.7
  create: (config, context) => createElasticsearchSink(config, 'flat_object', context),
});
