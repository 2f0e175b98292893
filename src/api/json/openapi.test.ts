import { describe, expect, test } from 'vitest';
import { servedJson } from '../../../test/helpers/served-json.ts';
import { OPERATIONS } from './json-app.ts';

describe('the OpenAPI document', () => {
  test('describes every operation by the schemas that check it', async () => {
    const { url } = await servedJson();
    const response = await fetch(`${url}/tidings/v1/openapi.json`);
    const document = (await response.json()) as { paths: Record<string, Record<string, unknown>> };
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const there = OPERATIONS.map(({ method, path }) => `${method} /tidings/v1${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(described.toSorted()).toEqual(there.toSorted());
    expect(document).toMatchObject({
      openapi: '3.1.1',
      paths: {
        '/tidings/v1/events': {
          get: {
            operationId: 'getEvents',
            parameters: expect.arrayContaining([
              {
                name: 'limit',
                in: 'query',
                schema: { type: 'integer', minimum: 1, maximum: 1000, default: 200 },
              },
              {
                name: 'cluster',
                in: 'query',
                description: expect.any(String),
                schema: expect.objectContaining({ type: 'array' }),
              },
            ]),
            responses: { 200: expect.anything(), '4XX': { $ref: '#/components/responses/Problem' } },
          },
        },
        '/tidings/v1/events/{uid}/{resourceVersion}': {
          get: {
            parameters: [
              { name: 'uid', in: 'path', required: true },
              { name: 'resourceVersion', in: 'path' },
            ],
          },
        },
      },
    });
  });
});
