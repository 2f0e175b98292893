import { AppError } from '../../core/errors.ts';
import { connectionProblem } from '../../util/connection-problem.ts';

const HINTS = {
  name: 'The tls-server-name of a cluster in the kubeconfig is the name to check instead of the host.',
  authority: 'The certificate-authority of a cluster in the kubeconfig names the authority to trust.',
};

/**
 * The error for a request that got no answer, or only a part of one: which server, and what happened on the way.
 * `action` starts the message, as `GET /api/v1/events`. An AppError stays what it is.
 */
export function requestFailure(action: string, server: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const { found, certificate, hint = certificate && HINTS[certificate] } = connectionProblem(error);
  return new AppError('API_REQUEST_FAILED', `${action} from ${server}: ${found}`, {
    cause: error,
    ...(hint !== undefined && { hint }),
  });
}
