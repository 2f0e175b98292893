/** How indices of events are mapped. */

/** https://www.elastic.co/docs/reference/elasticsearch/mapping-reference/ignore-above: what is longer is kept, not searched. */
const KEYWORD = { type: 'keyword', ignore_above: 1024 };
const DATE = { type: 'date' };
const COUNT = { type: 'long' };
const TEXT = { type: 'text' };

const REFERENCE = object({
  apiVersion: KEYWORD,
  kind: KEYWORD,
  namespace: KEYWORD,
  name: KEYWORD,
  uid: KEYWORD,
  resourceVersion: KEYWORD,
  fieldPath: KEYWORD,
});

/**
 * Above what the vendors' own templates have, which would make `logs-…` a data stream of other fields.
 * https://www.elastic.co/docs/manage-data/data-store/templates#avoid-index-pattern-collisions
 */
const PRIORITY = 501;

/** What it is called on the server: one for each index or data stream that is configured. */
export function templateName(target: string): string {
  return `tidings-${target.toLowerCase().replaceAll(/[^a-z0-9._-]+/g, '')}`;
}

/** What is to be mapped how. */
export interface Mapping {
  /** The names of the indices. */
  readonly pattern: string;
  readonly isDataStream: boolean;
  /** The format of the documents: the fields of `tidings` and `kubernetes` are known, those of others are found out. */
  readonly format: string;
  /** The type of maps of names that nobody knows beforehand; without one they are kept but cannot be searched. */
  readonly labels?: string;
}

/**
 * https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-indices-put-index-template
 * https://docs.opensearch.org/latest/im-plugin/index-templates/
 */
export function indexTemplate({ pattern, isDataStream, format, labels }: Mapping): object {
  const flat = labels === undefined ? { type: 'object', enabled: false } : { type: labels };
  return {
    index_patterns: [pattern],
    priority: PRIORITY,
    ...(isDataStream && { data_stream: {} }),
    template: {
      // Whatever an emitter writes for a time or a count must not cost the event.
      settings: { 'index.mapping.ignore_malformed': true },
      mappings: {
        // A text that looks like a date stays one: the first event does not decide for all others.
        date_detection: false,
        dynamic_templates: [{ texts: { match_mapping_type: 'string', mapping: KEYWORD } }],
        properties: {
          // That of a data stream must be there and well-formed.
          '@timestamp': { ...DATE, ignore_malformed: false },
          cluster: KEYWORD,
          labels: flat,
          ...(format === 'tidings' && recordProperties(flat)),
          ...(format === 'kubernetes' && eventProperties(flat)),
        },
      },
    },
    _meta: { description: 'Kubernetes events. Tidings writes this template anew at each start.' },
  };
}

function recordProperties(flat: object): object {
  return {
    event: object(eventProperties(flat)),
    epoch: COUNT,
    receivedAt: DATE,
    firstSeen: DATE,
    lastSeen: DATE,
    count: COUNT,
    occurrences: COUNT,
    folded: COUNT,
    object: object({ labels: flat, annotations: flat, node: KEYWORD, owners: REFERENCE }),
  };
}

function eventProperties(flat: object): object {
  return {
    metadata: object({
      name: KEYWORD,
      namespace: KEYWORD,
      uid: KEYWORD,
      resourceVersion: KEYWORD,
      creationTimestamp: DATE,
      labels: flat,
      annotations: flat,
    }),
    involvedObject: REFERENCE,
    related: REFERENCE,
    message: TEXT,
    reason: KEYWORD,
    type: KEYWORD,
    action: KEYWORD,
    reportingComponent: KEYWORD,
    reportingInstance: KEYWORD,
    source: object({ component: KEYWORD, host: KEYWORD }),
    firstTimestamp: DATE,
    lastTimestamp: DATE,
    eventTime: DATE,
    count: COUNT,
    series: object({ count: COUNT, lastObservedTime: DATE }),
  };
}

/** What else is in it is kept, but not searched: nobody knows what type the next event gives it. */
function object(properties: object): object {
  return { dynamic: false, properties };
}
