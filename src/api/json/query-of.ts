/** Parameters of an operation as a URL has them: a list one by one. */
export function queryOf(parameters: object = {}): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const each of [value].flat()) if (each !== undefined) query.append(name, String(each));
  }
  return query;
}
