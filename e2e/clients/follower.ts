/** A program that follows the events of a server with a Kubernetes client, in one way or several, and tells how far it is. */
import { ManagedProcess } from '../cluster/managed-process.ts';
import { type ClientName, command } from './installation.ts';

/** What tells two sets of events apart: by namespace, name and resourceVersion. */
export interface Digest {
  readonly count: number;
  readonly sha256: string;
}

/** One way of following. */
export interface Followed {
  readonly stored: Digest;
  /** What is left of what handlers were told. */
  readonly told?: Digest;
  readonly lists: number;
  readonly watches: number;
}

export class Follower {
  readonly #process: ManagedProcess;
  #url = '';

  constructor(client: ClientName, kubeconfig: string, logFile: string) {
    this.#process = new ManagedProcess(client, [...command(client), kubeconfig], { logFile });
  }

  async listening(): Promise<void> {
    const url = () => /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(this.#process.log())?.[1];
    this.#url = await this.#process.until('to listen', url);
  }

  async stop(): Promise<void> {
    await this.#process.stop('SIGKILL');
  }

  /** What the client said last, such as why it lists anew. */
  said(): string {
    return this.#process.tail();
  }

  /** By way. */
  async followed(): Promise<Readonly<Record<string, Followed>>> {
    return (await this.#get('/')) as Record<string, Followed>;
  }

  /** What each way lists now, page by page. */
  async listed(fieldSelector: string): Promise<Readonly<Record<string, Digest>>> {
    return (await this.#get(`/list?fieldSelector=${encodeURIComponent(fieldSelector)}`)) as Record<string, Digest>;
  }

  async #get(path: string): Promise<unknown> {
    if (!this.#process.running) throw new Error(`ask ${this.#process.name}: it has ended:\n${this.#process.tail()}`);
    const response = await fetch(this.#url + path);
    const text = await response.text();
    if (!response.ok) throw new Error(`ask ${this.#process.name}: status ${response.status}: ${text}`);
    return JSON.parse(text);
  }
}
