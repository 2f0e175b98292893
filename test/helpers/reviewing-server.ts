/** What an API server answers to those who ask it about others: https://kubernetes.io/docs/reference/access-authn-authz/ */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export interface Reviewed {
  readonly user: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
  readonly resourceAttributes?: Readonly<Record<string, string>>;
  readonly nonResourceAttributes?: { readonly path: string; readonly verb: string };
}

export interface ReviewingServer {
  readonly url: string;
  /** Users by their tokens. */
  readonly tokens: Map<string, { readonly username: string; readonly groups?: readonly string[] }>;
  /** Who may do what. */
  allows: (reviewed: Reviewed) => boolean;
  /** When a namespace was created, by its name. */
  readonly namespaces: Map<string, string>;
  /** The data of extension-apiserver-authentication. */
  authentication: Readonly<Record<string, string>>;
  /** Answers every question with an error. */
  isBroken: boolean;
  /** What was asked: the last part of a path, or the user and the verb of a review. */
  readonly asked: string[];
}

export async function reviewingServer(): Promise<ReviewingServer> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const answer = state.isBroken ? undefined : answerTo(state, request.url ?? '', body);
      response.writeHead(answer ? 200 : state.isBroken ? 500 : 404, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(answer ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const state: ReviewingServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tokens: new Map(),
    allows: () => false,
    namespaces: new Map(),
    authentication: {},
    isBroken: false,
    asked: [],
  };
  return state;
}

function answerTo(state: ReviewingServer, url: string, body: string): object | undefined {
  const place = url.split('/').at(-1) ?? '';
  const { spec } = (body === '' ? {} : JSON.parse(body)) as { spec?: Reviewed & { readonly token: string } };
  if (!spec) {
    state.asked.push(place);
    if (place === 'extension-apiserver-authentication') return { data: state.authentication };
    const creationTimestamp = state.namespaces.get(place);
    return creationTimestamp === undefined ? undefined : { metadata: { name: place, creationTimestamp } };
  }
  if (place === 'tokenreviews') {
    state.asked.push('token');
    const user = state.tokens.get(spec.token);
    return { status: user ? { authenticated: true, user } : { authenticated: false } };
  }
  const { verb, namespace = '*' } = spec.resourceAttributes ?? { ...spec.nonResourceAttributes };
  state.asked.push(`${spec.user} ${verb} ${spec.nonResourceAttributes?.path ?? namespace}`);
  return { status: state.allows(spec) ? { allowed: true } : { allowed: false } };
}
