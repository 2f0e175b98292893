/** Events as lines for people: comma-separated values for a spreadsheet, a table in Markdown for a post-mortem. */
import type { StoredEvent } from '../../component/history.ts';
import { eventFields } from './event-row.ts';

export interface TextFormat {
  /** What comes before the events. */
  readonly head: string;
  line(event: StoredEvent): string;
  /** That there are more, or less, than there should be. */
  remark(text: string): string;
}

const COLUMNS = 'last first count severity type reason cluster namespace kind name node source message id'.split(' ');

/** https://www.rfc-editor.org/rfc/rfc4180 */
export const CSV: TextFormat = {
  head: `${COLUMNS.join(',')}\r\n`,
  line(event) {
    const { object, messageBytes: _, message: __, uid: ___, ...fields } = eventFields(event);
    const { kind, name } = object;
    const values: Readonly<Record<string, string | number>> = { ...fields, kind, name, message: messageOf(event) };
    return `${COLUMNS.map((column) => cell(String(values[column] ?? ''))).join(',')}\r\n`;
  },
  remark: (text) => `${cell(`# ${text}`)}\r\n`,
};

/** A table as GitHub reads it: https://github.github.com/gfm/#tables-extension- */
export const MARKDOWN: TextFormat = {
  head: '| last seen | count | reason | object | message |\n| --- | ---: | --- | --- | --- |\n',
  line(event) {
    const { last, count, reason, object } = eventFields(event);
    const name = [object.namespace, object.kind, object.name].filter((part) => part !== '').join('/');
    return `| ${[last, count, ...[reason, name, messageOf(event)].map(codeSpan)].join(' | ')} |\n`;
  },
  remark: (text) => `\n${codeSpan(text)}\n`,
};

function messageOf({ body }: StoredEvent): string {
  return body.message ?? '';
}

/** A spreadsheet takes what begins so for a formula: https://owasp.org/www-community/attacks/CSV_Injection */
function cell(text: string): string {
  const harmless = /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/**
 * Text as it stands: nothing within a code span is markup, a link or a mention. https://github.github.com/gfm/#code-spans
 */
function codeSpan(text: string): string {
  const line = text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(UNSEEN, (character) => `U+${hex(character)}`)
    .trim();
  if (line === '') return '';
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  // A space beside a fence keeps it from the text's own, and is none of the text.
  const inner = /^`|`$/.test(line) ? ` ${line} ` : line;
  return `${fence}${inner.replaceAll('|', '\\|')}${fence}`;
}

/** What has no glyph, or changes the order of what has; what joins the parts of an emoji stays. */
const UNSEEN = /(?!\u200d\p{Extended_Pictographic})[\p{Cc}\p{Cf}]/gu;

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}
