import type { Agent } from 'node:http';

/** The API server behind the proxy, as the program reaches it, but without its credentials. */
export interface Upstream {
  /** An http or https URL without trailing slash; a path in it precedes that of every request. */
  readonly url: string;
  /** For now: they are other ones when the authority to trust was replaced. Rejects when it cannot be read. */
  agents(): Promise<UpstreamAgents>;
}

export interface UpstreamAgents {
  /** Connections that are kept for the next request. */
  readonly requests: Agent;
  /** Connections for one request each, whose sides may end apart from each other. */
  readonly upgrades: Agent;
}
