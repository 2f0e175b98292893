/** `strings.SplitN`: at most `limit` parts when it is above 0, none when it is 0, all below. */
export function split(text: string, separator: string, limit = -1): string[] {
  if (limit === 0) return [];
  // Between all characters, where JavaScript would split surrogate pairs.
  const parts = separator === '' ? Array.from(text) : text.split(separator);
  if (limit < 0 || parts.length <= limit) return parts;
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)];
}
