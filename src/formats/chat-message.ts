/**
 * What a message is in a chat, before a vendor's markup: every text is plain, and whoever renders it takes care that
 * nothing in it can become a mention, a link or markup. Texts are as long as they are: `cutText` knows how vendors count.
 */
import * as v from 'valibot';
import type { Message } from '../component/message.ts';
import type { Needs, SinkContext } from '../component/sink.ts';
import { map, parsed, string } from '../config/fields.ts';
import { humanDuration } from '../core/age.ts';
import { componentOf, countOf } from '../core/event.ts';
import type { EventRecord } from '../core/record.ts';
import { firstSeen } from '../core/time.ts';
import { plainLine, plainText } from './plain-text.ts';
import { checkTemplate, prepareTemplates, template, templateCompiler, templateTimezone } from './template-field.ts';

export type Severity = 'info' | 'warning' | 'error';

export interface ChatMessage {
  /** One line, never empty. */
  readonly title: string;
  /** Lines are separated by `\n`. */
  readonly text: string;
  readonly severity: Severity;
  readonly fields: readonly ChatField[];
  readonly links: readonly ChatLink[];
  /** One line: where it comes from, and how many more were held back. */
  readonly footer: string;
  /** When the event was last seen, in milliseconds. */
  readonly time: number;
}

export interface ChatField {
  /** One line. */
  readonly name: string;
  /** Never empty. */
  readonly value: string;
  /** Fits beside another. */
  readonly short: boolean;
}

export interface ChatLink {
  /** One line. */
  readonly text: string;
  /** From the configuration; what an event adds to it is percent-encoded. */
  readonly url: string;
}

export interface ChatFormat {
  readonly message: (message: Message) => ChatMessage;
  readonly needs?: Needs;
}

// So that neither scheme nor host begins with something of an event's.
const URL_START = /^https?:\/\/[^/{]/;

/** The settings by which every chat sink lets its operator write the message. */
export const chatFormatConfig = {
  title: v.exactOptional(template('The title: a Go template.', { unset: 'reason and object' })),
  text: v.exactOptional(template('The text: a Go template.', { unset: "the event's message" })),
  fields: v.exactOptional(
    map(template('The value: a Go template.'), 'The fields below the text, by name. One without a value is left out.', {
      unset: 'cluster, namespace, object, count, node, component and the labels of the routes',
    }),
  ),
  links: v.optional(
    v.pipe(
      v.array(
        v.strictObject({
          text: string('What the link is called.'),
          url: parsed(
            checkUrl,
            'Where it leads: a Go template of an http or https URL. What it prints is percent-encoded.',
            {
              wanted: 'a Go template such as https://example.com/?pod={{ .InvolvedObject.Name }}',
              pattern: URL_START,
              prepare: prepareTemplates,
            },
          ),
        }),
      ),
      v.description('Links below the message. One that does not become a URL is left out.'),
      v.metadata({ unset: 'none' }),
    ),
    [],
  ),
  timezone: v.exactOptional(templateTimezone()),
};

export type ChatFormatConfig = v.InferOutput<v.StrictObjectSchema<typeof chatFormatConfig, undefined>>;

/** Throws an AppError when the settings cannot work. */
export function createChatFormat(config: ChatFormatConfig, { env }: Pick<SinkContext, 'name' | 'env'>): ChatFormat {
  const { timezone } = config;
  const compile = templateCompiler({ env, ...(timezone && { timezone }) });
  const title = config.title === undefined ? undefined : compile('title', config.title);
  const text = config.text === undefined ? undefined : compile('text', config.text);
  const fields =
    config.fields && Object.entries(config.fields).map(([name, source]) => ({ name, value: compile(name, source) }));
  const links = config.links.map((link) => ({ text: link.text, url: compile('url', link.url, percentEncoded) }));
  const templates = [title, text, ...(fields ?? []).map(({ value }) => value), ...links.map(({ url }) => url)];
  return {
    message: (message) => ({
      title: plainLine(title?.render(message) ?? '') || plainLine(defaultTitle(message)) || 'Event',
      text: plainText(text?.render(message) ?? message.record.body.message ?? '').trim(),
      severity: severityOf(message),
      fields:
        fields?.flatMap(({ name, value }) => fieldOf(name, plainText(value.render(message)).trim())) ??
        defaultFields(message),
      links: links.flatMap((link) => linkOf(link.text, link.url.render(message))),
      footer: footerOf(message),
      time: message.record.time,
    }),
    ...(templates.some((used) => used?.needsObject) && { needs: { object: true } }),
  };
}

function checkUrl(source: string): string | undefined {
  return URL_START.test(source) ? checkTemplate(source) : undefined;
}

/** The label of a route that says how severe its messages are, and its words. */
const SEVERITY_LABEL = 'severity';
const SEVERITIES: ReadonlyMap<string, Severity> = new Map([
  ['info', 'info'],
  ['warning', 'warning'],
  ['error', 'error'],
  ['critical', 'error'],
]);

/** What the routes say, else by the type of the event. */
function severityOf({ record, labels }: Message): Severity {
  return SEVERITIES.get(labels[SEVERITY_LABEL] ?? '') ?? (record.body.type === 'Warning' ? 'warning' : 'info');
}

function defaultTitle({ record }: Message): string {
  const { kind, namespace, name } = record.subject;
  const object = joined(' ', kind, joined('/', namespace, name));
  return joined(': ', record.body.reason, object);
}

function defaultFields({ record, labels, object }: Message): ChatField[] {
  const { cluster, subject, body } = record;
  const others = Object.entries(labels).filter(([name, value]) => name !== SEVERITY_LABEL || !SEVERITIES.has(value));
  return [
    ['Cluster', cluster],
    ['Namespace', subject.namespace],
    ['Object', joined(' ', subject.kind, subject.name)],
    ['Count', countText(record)],
    ['Node', subject.kind === 'Node' ? '' : (object?.node ?? body.source?.host)],
    ['Component', componentOf(body)],
    ...others,
  ].flatMap(([name = '', value]) => fieldOf(name, plainLine(value ?? '')));
}

/** How often and how long, for an event that repeated. */
function countText({ body, time, receivedAt }: EventRecord): string {
  const count = countOf(body);
  return count > 1 ? `×${count} over ${humanDuration(Math.max(0, time - (firstSeen(body) ?? receivedAt)))}` : '';
}

/** Longer ones do not fit beside another, wherever they are shown. */
const SHORT = 40;

/** What Go prints for a label that is not there, say. */
const NO_VALUE = '<no value>';

function fieldOf(name: string, value: string): ChatField[] {
  if (value === '' || value === NO_VALUE) return [];
  return [{ name: plainLine(name), value, short: value.length <= SHORT && !value.includes('\n') }];
}

function linkOf(text: string, url: string): ChatLink[] {
  return URL.canParse(url) ? [{ text: plainLine(text), url: new URL(url).href }] : [];
}

/** What a value is in a part of a URL. Dots alone would lead to another path. */
function percentEncoded(printed: string): string {
  if (/^\.+$/.test(printed)) return '';
  return encodeURIComponent(printed.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function footerOf({ folded, test }: Message): string {
  const more = folded > 0 ? `${folded} more ${folded === 1 ? 'was' : 'were'} held back` : '';
  return joined(' · ', 'Tidings', more, test ? 'This is a test' : '');
}

/** What there is of the parts. */
function joined(separator: string, ...parts: readonly (string | null | undefined)[]): string {
  return parts.filter(Boolean).join(separator);
}
