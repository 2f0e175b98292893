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
    return `| ${[last, String(count), reason, name, messageOf(event)].map(escaped).join(' | ')} |\n`;
  },
  remark: (text) => `\n${escaped(text)}\n`,
};

function messageOf({ body }: StoredEvent): string {
  return body.message ?? '';
}

/** A spreadsheet takes what begins so for a formula: https://owasp.org/www-community/attacks/CSV_Injection */
function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Text as it stands: no markup, no link, and no line but its own. */
function escaped(text: string): string {
  return text
    .replaceAll(/[\\`*_{}[\]()#+!|<>~&@:-]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll(/\s+/g, ' ');
}
