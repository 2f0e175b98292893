import type { Access } from './access.ts';
import type { Endpoint } from './listener.ts';
import { sendJson } from './send-json.ts';
import { StatusError } from './status-error.ts';

/** The same endpoint for those who may use its paths. */
export function guarded(endpoint: Endpoint, access: Pick<Access, 'path'>): Endpoint {
  return {
    ...endpoint,
    async answer(request, response) {
      const { url = '/', method = 'GET' } = request;
      try {
        await access.path({ path: url.split('?', 1)[0] ?? '/', verb: method.toLowerCase() }, request);
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        return sendJson(response, error.status.code, error.status, error.headers);
      }
      return endpoint.answer(request, response);
    },
  };
}
