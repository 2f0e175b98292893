/** Where an offset into a text lies, both counted from 1, columns in UTF-16 code units: `2:7`. */
export function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf('\n');
  const line = before.split('\n').length;
  return `${line}:${offset - lastBreak}`;
}
