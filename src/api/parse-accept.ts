export interface AcceptClause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

/** The best first. None, or an empty header, accepts anything. https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1 */
export function parseAccept(accept: string | undefined): readonly AcceptClause[] {
  const clauses = (accept?.trim() || '*/*').split(',').map((text) => {
    const [type = '', ...rest] = text.split(';').map((part) => part.trim());
    const parameters = new Map(
      rest.map((part) => {
        const [name = '', value = ''] = part.split('=').map((side) => side.trim());
        return [name.toLowerCase(), value.replace(/^"(.*)"$/, '$1')];
      }),
    );
    const quality = Number(parameters.get('q') ?? 1);
    return { type: type.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 1 : quality };
  });
  return clauses.toSorted((a, b) => b.quality - a.quality);
}
