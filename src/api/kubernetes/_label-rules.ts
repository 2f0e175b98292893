/**
 * What a label's key and value may be, with what the API server says about those that may not.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 * https://github.com/kubernetes/apimachinery/blob/v0.35.4/pkg/util/validation/validation.go
 */
const NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const MAX_BYTES = 63;
const MAX_PREFIX_BYTES = 253;

const ALPHANUMERIC = "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const REGEX = "regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'";
const NAME_RULE = `must consist of ${ALPHANUMERIC} (e.g. 'MyName',  or 'my.name',  or '123-abc', ${REGEX})`;
const KEY_RULE = `a valid label key ${NAME_RULE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`;
const VALUE_RULE =
  `a valid label must be an empty string or consist of ${ALPHANUMERIC} ` +
  "(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', " +
  "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** What is wrong with a key; undefined when nothing is. */
export function keyProblem(key: string): string | undefined {
  const parts = key.split('/');
  const [first = '', second] = parts;
  if (parts.length > 2) return KEY_RULE;
  const problems: string[] = [];
  if (second !== undefined) {
    if (first === '') problems.push('prefix part must be non-empty');
    else {
      if (bytesOf(first) > MAX_PREFIX_BYTES)
        problems.push(`prefix part must be no more than ${MAX_PREFIX_BYTES} bytes`);
      if (!SUBDOMAIN.test(first)) problems.push(`prefix part ${SUBDOMAIN_RULE}`);
    }
  }
  const name = second ?? first;
  if (name === '') problems.push('name part must be non-empty');
  else if (bytesOf(name) > MAX_BYTES) problems.push(`name part must be no more than ${MAX_BYTES} bytes`);
  if (!NAME.test(name)) problems.push(`name part ${NAME_RULE}`);
  return problems.length > 0 ? problems.join('; ') : undefined;
}

/** What is wrong with a value; undefined when nothing is. */
export function valueProblem(value: string): string | undefined {
  const problems: string[] = [];
  if (bytesOf(value) > MAX_BYTES) problems.push(`must be no more than ${MAX_BYTES} bytes`);
  if (value !== '' && !NAME.test(value)) problems.push(VALUE_RULE);
  return problems.length > 0 ? problems.join('; ') : undefined;
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}
