/** What an error comes from: the parts of one that is made of several, and after each what caused it; itself at least. */
export function errorCauses(error: unknown): readonly unknown[] {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.flatMap(errorCauses);
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? [error] : [error, ...errorCauses(cause)];
}
