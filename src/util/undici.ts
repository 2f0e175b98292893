/**
 * What makes connections in undici, and nothing else: its entry point loads fetch, WebSockets, caches and mocks as well,
 * which takes 12 MiB in each thread.
 */
import api from 'undici/lib/api/index.js';
import DispatcherBase from 'undici/lib/dispatcher/dispatcher.js';
import Pool from 'undici/lib/dispatcher/pool.js';
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js';

// Its entry point does the same: https://github.com/nodejs/undici/blob/v8.12.4/index.js
Object.assign(DispatcherBase.prototype, api);

export type { Dispatcher } from 'undici';
export { Pool, ProxyAgent };
