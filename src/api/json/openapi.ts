/** The API described by the schemas that check its parameters. https://spec.openapis.org/oas/v3.1.1.html */
import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import type { Operation } from './operation.ts';
import { problemSchema } from './problem.ts';

type Json = Readonly<Record<string, unknown>>;

const PROBLEM = { $ref: '#/components/responses/Problem' };

export function openApiDocument(
  operations: readonly Operation[],
  { root, version }: { readonly root: string; readonly version: string },
): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operations) {
    const path = root + operation.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(operation) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Tidings',
      version,
      description: 'Kubernetes events, kept and read back. docs/json-api.md says more.',
    },
    paths,
    components: {
      responses: {
        Problem: {
          description: 'What failed, as of RFC 9457.',
          content: { 'application/problem+json': { schema: open(jsonSchema(problemSchema)) } },
        },
      },
    },
  };
}

function describe({ method, path, summary, parameters, body, answer, streamed, texts = [] }: Operation): Json {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', minLength: 1 },
  }));
  const inQuery = Object.entries(parameters).map(([name, entry]) => {
    const { description, ...schema } = jsonSchema(entry);
    return { name, in: 'query', ...(description !== undefined && { description }), schema };
  });
  return {
    operationId: operationId(method, path),
    summary,
    parameters: [...inPath, ...inQuery],
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body) } } } }),
    responses: {
      200: {
        description: 'Done.',
        content: {
          [streamed ?? 'application/json']: { schema: open(jsonSchema(answer)) },
          ...Object.fromEntries(texts.map((type) => [type, { schema: { type: 'string' } }])),
        },
      },
      '4XX': PROBLEM,
      '5XX': PROBLEM,
    },
  };
}

/** `GET /events/:uid` is `getEventsUid`. */
function operationId(method: string, path: string): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return method.toLowerCase() + words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join('');
}

/** Answers may get more fields. */
function open(schema: Json): Json {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === 'additionalProperties' && value === false ? undefined : value,
  ) as Json;
}

/** Checks that JSON Schema has no words for are left to the descriptions. */
function jsonSchema(schema: v.ObjectEntries[string] | v.GenericSchema): Json {
  const { $schema: _, ...rest } = toJsonSchema(schema, {
    target: 'draft-2020-12',
    typeMode: 'input',
    errorMode: 'ignore',
  });
  return rest;
}
