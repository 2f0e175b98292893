/** The lanes that are open, as the address has them: names from events, which may hold any character. */

export function openLanes(text: string): ReadonlySet<string> {
  return new Set(
    text
      .split(',')
      .filter((part) => part !== '')
      .map(decoded),
  );
}

export function withToggled(text: string, lane: string): string {
  const open = new Set(openLanes(text));
  if (!open.delete(lane)) open.add(lane);
  return Array.from(open, (id) => id.replaceAll('%', '%25').replaceAll(',', '%2C')).join(',');
}

function decoded(part: string): string {
  return part.replaceAll('%2C', ',').replaceAll('%25', '%');
}
