/**
 * What a client accepts and what it gets: the event, a row of a table or its metadata alone, in JSON or YAML.
 * Protobuf is not offered: clients that ask for it first take JSON, as they do for custom resources; those of client-go add
 * that they do by themselves. https://github.com/kubernetes/client-go/blob/v0.35.4/rest/request.go
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources
 */
import { type AcceptClause, parseAccept } from '../parse-accept.ts';
import { failure, StatusError } from '../status-error.ts';

/** What an answer shows: events, a table of them, or their metadata. */
export interface Representation {
  readonly as: 'event' | 'table' | 'metadata';
  /** Of `meta.k8s.io`. */
  readonly version: 'v1' | 'v1beta1';
  readonly mediaType: MediaType;
}

export type MediaType = typeof JSON_TYPE | typeof YAML_TYPE;

export type Verb = 'get' | 'list' | 'watch';

export const JSON_TYPE = 'application/json';
/** As a list or alone: an API server streams none. */
export const YAML_TYPE = 'application/yaml';
const ONLY_JSON = 'only the following media types are accepted: application/json';
const JSON_TYPES: readonly string[] = ['*/*', 'application/*', JSON_TYPE];

/** Throws {@link StatusError} 406. */
export function negotiate(accept: string | undefined, verb: Verb): Representation {
  const clauses = parseAccept(accept);
  const offered: readonly string[] = ['*/*', JSON_TYPE, YAML_TYPE];
  if (!clauses.some(({ type }) => offered.includes(type))) {
    throw new StatusError(
      failure(406, '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml', {
        reason: 'NotAcceptable',
        details: {},
      }),
    );
  }
  for (const { type, parameters } of clauses) {
    const isYaml = type === YAML_TYPE && verb !== 'watch';
    if (!isYaml && !JSON_TYPES.includes(type)) continue;
    const representation = represented(parameters, verb);
    if (representation) return { ...representation, mediaType: isYaml ? YAML_TYPE : JSON_TYPE };
  }
  throw notAcceptable(verb === 'watch' ? ONLY_JSON : `${ONLY_JSON}, application/yaml`);
}

/** In what a client takes an error: YAML when it takes no JSON, but that. */
export function errorType(accept: string | undefined): MediaType {
  const types = parseAccept(accept).map(({ type }) => type);
  return types.includes(YAML_TYPE) && !types.some((type) => JSON_TYPES.includes(type)) ? YAML_TYPE : JSON_TYPE;
}

/**
 * Whether a client takes JSON as it is, in no particular shape. Errors for one that does not are indented, as the API
 * server prints what nobody has negotiated.
 */
export function takesPlainJson(accept: string | undefined): boolean {
  return parseAccept(accept).some(({ type, parameters }) => JSON_TYPES.includes(type) && !parameters.has('as'));
}

/** Throws {@link StatusError} 406 for a client that {@link takesPlainJson} not. */
export function requirePlainJson(accept: string | undefined): void {
  if (!takesPlainJson(accept)) throw notAcceptable(ONLY_JSON);
}

function represented(
  parameters: AcceptClause['parameters'],
  verb: Verb,
): Omit<Representation, 'mediaType'> | undefined {
  const as = parameters.get('as');
  if (!as) return { as: 'event', version: 'v1' };
  const version = parameters.get('v');
  if (parameters.get('g') !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return undefined;
  if (as === 'Table') return { as: 'table', version };
  if (as !== 'PartialObjectMetadata' && as !== 'PartialObjectMetadataList') return undefined;
  const asList = as === 'PartialObjectMetadataList';
  if (verb === 'list' && !asList) {
    throw notAcceptable('you requested PartialObjectMetadata, but the requested object is a list (*core.EventList)');
  }
  if (verb === 'get' && asList) {
    throw notAcceptable(
      'you requested PartialObjectMetadataList, but the requested object is not a list (*core.Event)',
    );
  }
  return { as: 'metadata', version };
}

function notAcceptable(message: string): StatusError {
  return new StatusError(failure(406, message, { reason: 'NotAcceptable' }));
}
