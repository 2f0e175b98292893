/**
 * Writes each record as a document into Elasticsearch, from 7.9 on, by its bulk API:
 * https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk
 * The document's id is the record's key. In an index a record that is sent again replaces itself; in a data stream it is
 * refused with 409, which is as good, as long as the stream has not rolled over in between. Order does not matter: every
 * revision is a document of its own with its own time.
 */
import { defineSink } from '../component/sink.ts';
import { apiKeyConfig, createElasticsearchSink, elasticsearchConfig, LIMITS } from './_elasticsearch-sink.ts';

export const elasticsearchSink = defineSink({
  type: 'elasticsearch',
  summary: 'Writes each record as a document into a data stream or an index of Elasticsearch 7.9 to 9.',
  delivery:
    'Every revision of an event is a document of its own, whose id is the record’s key: sent again, it replaces itself in an index. A data stream knows the ids of its newest backing index alone: what is sent again after a rollover is there twice. Documents appear in no particular order; `@timestamp` is when the event was last seen.',
  config: { ...elasticsearchConfig, ...apiKeyConfig },
  limits: LIMITS,
  concurrency: 4,
  examples: [
    {
      title: 'A data stream',
      config: `hosts: [https://elasticsearch.example.com:9200]
apiKey: \${ELASTICSEARCH_API_KEY}
`,
    },
    {
      title: 'An index a day, on two nodes with a certificate of our own',
      config: `hosts:
  - https://es-0.logging.svc:9200
  - https://es-1.logging.svc:9200
index: kubernetes-events-%{+yyyy.MM.dd}
auth:
  basic: { username: tidings, password: "\${ELASTICSEARCH_PASSWORD}" }
tls:
  caFile: /etc/tidings/elasticsearch-ca.pem
`,
    },
  ],
  // https://www.elastic.co/docs/reference/elasticsearch/mapping-reference/flattened
  create: (config, context) => createElasticsearchSink(config, 'flattened', context),
});
