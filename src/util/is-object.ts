/** Whether a value of JSON or YAML is an object: neither null nor a list, which JavaScript calls objects too. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
