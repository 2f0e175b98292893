/** Events that somebody made to be seen in a chat as what they are not. */

import fc from 'fast-check';
import { expect } from 'vitest';
import type { Message } from '../../src/component/message.ts';
import { revision } from '../contract/event-arbitrary.ts';
import { messageOf } from './open-sink.ts';

/** Markup of any vendor, of mentions, links, code and images; none of it is what a sink writes by itself. */
const MARKUP = [
  '<!channel>',
  '<!here|x>',
  '<@U024BE7LH>',
  '<@all>',
  '@all',
  '<at>everyone</at>',
  '<https://evil.example|a link>',
  '[a link](https://evil.example)',
  '![](https://evil.example/x.png)',
  'https://evil.example/a?b=c&d',
  'www.evil.example',
  '<a href="https://evil.example">x</a>',
  '<font color="warning">x</font>',
  '**bold**',
  '*x*',
  '_x_',
  '~x~',
  '`code`',
  '```\ncode\n```',
  '\n# heading',
  '\n> quote',
  '\n- item',
  '\n\n    indented',
  '\n1. item',
  '\n---\n',
  '\n===\n',
  '\n| a | b |\n|---|---|\n',
  '&lt;!channel&gt;',
  '&#60;@all&#62;',
  '\\',
  '\\[a\\](b)',
  '"',
  '${x}',
  '@{body()}',
  '{{DATE(2026-01-02)}}',
];

const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...MARKUP),
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('<', '>', '[', ']', '(', ')', '*', '_', '`', '~', '@', '|', '!', '#', '&'),
    ),
    {
      maxLength: 30,
    },
  )
  .map((parts) => parts.join(''));

/** Long ones of wide characters, quotes and markup as well. */
const longText = fc
  .tuple(
    fc.constantFrom('x', '"', '\\', 'é', '語', '😀', '👩‍👩‍👧', '<', '&', '[', '\n', '_'),
    fc.integer({ min: 0, max: 40_000 }),
  )
  .map(([character, length]) => character.repeat(length));

const anyText = fc.oneof({ weight: 4, arbitrary: hostileText }, { weight: 1, arbitrary: longText });

/** Messages whose message, names, reason and labels somebody hostile chose. */
export const hostileMessages: fc.Arbitrary<Message> = fc
  .record({
    text: anyText,
    reason: anyText,
    name: anyText,
    namespace: anyText,
    kind: hostileText,
    labels: fc.dictionary(hostileText, anyText, { maxKeys: 40 }),
  })
  .map(({ text, labels, name, ...rest }) => {
    const record = revision({ event: 1, resourceVersion: 1, second: 0, count: 1, object: 1, ...rest });
    const body = { ...record.body, message: text };
    return { ...messageOf({ ...record, body, subject: { ...record.subject, name } }), labels };
  });

/** As if nobody had meant harm, and long in everything. */
export function longMessage(character: string): Message {
  const long = character.repeat(50_000);
  const record = revision({ event: 1, resourceVersion: 1, second: 0, count: 1, object: 1, reason: long });
  const labels = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`label-${index}`, long]));
  return { ...messageOf({ ...record, body: { ...record.body, message: long } }), labels };
}

/** A setting of chat sinks, and the line that it makes of Markdown. */
export const LINKS = 'links: [{text: Logs, url: "https://logs.example.com/?pod={{ .InvolvedObject.Name }}"}]';
const LINK_LINE = /^\[Logs\]\(https:\/\/logs\.example\.com\/\?pod=[\w.%~-]*\)$/;

/** Fails when a line of Markdown, but for our link and what we make bold, has `markup` in it or begins a block. */
export function expectNoMarkup(markdown: string, markup: RegExp): void {
  for (const line of markdown.split('\n')) {
    if (LINK_LINE.test(line)) continue;
    // Ours: a bold title or name at the beginning.
    expect(line.replace(/^\*\*([^*]*)\*\*/, '$1')).not.toMatch(markup);
    expect(line).not.toMatch(/^(?:\s|[-+=]|\d+[.)](?:\s|$))/);
  }
}
