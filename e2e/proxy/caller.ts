/** Somebody with a kubeconfig that leads through a proxy, on the wire and by kubectl. */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { runKubectl } from '../helpers/cluster.ts';

interface Kubeconfig {
  readonly clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }];
  readonly users: [{ user: { token?: string } }];
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export class Caller {
  /** A file. */
  readonly kubeconfig: string;
  readonly #url: string;
  readonly #ca: Buffer;
  readonly #token: string | undefined;
  readonly #agent: Agent;

  /** The same as whom a kubeconfig names, but through the URL. */
  constructor(kubeconfig: string, url: string, connections = Number.POSITIVE_INFINITY) {
    const config = JSON.parse(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
    config.clusters[0].cluster.server = url;
    this.kubeconfig = `${kubeconfig}-through-${new URL(url).port}`;
    writeFileSync(this.kubeconfig, JSON.stringify(config), { mode: 0o600 });
    this.#url = url;
    this.#ca = Buffer.from(config.clusters[0].cluster['certificate-authority-data'], 'base64');
    this.#token = config.users[0].user.token;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  kubectl(...args: readonly string[]): Promise<string> {
    return runKubectl(this.kubeconfig, args);
  }

  /** A request whose head is sent, and whose body is the caller's to write and end. */
  begin(path: string, { method = 'GET', headers = {} }: { method?: string; headers?: object } = {}): ClientRequest {
    const credentials = this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` };
    const all = { accept: 'application/json', ...credentials, ...headers };
    return request(this.#url + path, { method, headers: all, ca: this.#ca, agent: this.#agent });
  }

  /** An answer to be read as it comes. */
  async open(path: string, options: { method?: string; headers?: object } = {}): Promise<IncomingMessage> {
    const sent = this.begin(path, options).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return answer;
  }

  async ask(path: string, method = 'GET', body?: object): Promise<Answer> {
    const sent = this.begin(path, { method, headers: body ? { 'content-type': 'application/json' } : {} });
    sent.end(body && JSON.stringify(body));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    return { status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(chunks).toString() };
  }

  close(): void {
    this.#agent.destroy();
  }
}
