import type { ClientAuthorities } from '../../component/access-reviews.ts';
import { AppError } from '../../core/errors.ts';
import { isObject } from '../../util/is-object.ts';

/**
 * What the ConfigMap `extension-apiserver-authentication` says of client certificates; lists in it are JSON.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/#extension-apiserver-authenticates-the-request
 */
export function parseClientAuthorities(data: unknown): ClientAuthorities {
  const text = (name: string): string => {
    const value = isObject(data) ? data[name] : undefined;
    return typeof value === 'string' ? value.trim() : '';
  };
  const names = (name: string): string[] => textsOf(text(name));
  const headers = (name: string): string[] => names(name).map((header) => header.toLowerCase());
  const clients = text('client-ca-file');
  const ca = text('requestheader-client-ca-file');
  return {
    ...(clients && { clients }),
    ...(ca && {
      proxies: {
        ca,
        allowedNames: names('requestheader-allowed-names'),
        usernameHeaders: headers('requestheader-username-headers'),
        uidHeaders: headers('requestheader-uid-headers'),
        groupHeaders: headers('requestheader-group-headers'),
        extraHeaderPrefixes: headers('requestheader-extra-headers-prefix'),
      },
    }),
  };
}

function textsOf(json: string): string[] {
  if (json === '') return [];
  const list = parsed(json);
  if (Array.isArray(list) && list.every((item) => typeof item === 'string')) return list;
  const problem = `read extension-apiserver-authentication: found ${JSON.stringify(json)}, want a list of texts in JSON`;
  throw new AppError('API_REQUEST_FAILED', problem);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
