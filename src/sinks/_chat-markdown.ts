/**
 * The Markdown that DingTalk and WeCom know, written around text that is not. Neither says that a backslash or an entity
 * escapes anything, so that what could be markup is written with the full-width form of its character: it reads the same,
 * and means nothing to any of their clients.
 */
import type { ChatMessage } from '../formats/chat-message.ts';
import { cutText } from '../formats/cut-text.ts';
import { SEVERITY_SIGNS } from './_chat-sink.ts';

const FULL_WIDTH_OFFSET = 0xfee0;

// Wherever it stands; `_` but within a word; and what begins a line of a list, a rule, a heading or a table.
const MARKUP = /[`*~[\]<>|\\#&@]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|^(?:\s*)[-+=]|^\s*\d{1,9}[.)](?=\s|$)/gmu;
// What clients make links of by themselves.
const BARE_LINK = /:(?=\/\/)|(?<=www)\./gi;

/** One line or more of plain text, in which nothing is markup. */
export function literalMarkdown(text: string): string {
  return text.replaceAll(MARKUP, fullWidth).replaceAll(BARE_LINK, fullWidth);
}

/** Of every character but white space, letters and digits. */
function fullWidth(text: string): string {
  return text.replaceAll(/[!-/:-@[-`{-~]/g, (character) =>
    String.fromCharCode(character.charCodeAt(0) + FULL_WIDTH_OFFSET),
  );
}

const MAX_TITLE = 200;
const MAX_FIELDS = 20;
const MAX_FIELD = 300;
const MAX_LINKS = 6;

/** The message as far as people still read it, without what only grows it. */
export function boundedMessage(message: ChatMessage, maxText: number): ChatMessage {
  const fields = message.fields.slice(0, MAX_FIELDS).map(({ name, value, short }) => ({
    name: cutText(name, MAX_FIELD, 'utf16'),
    value: cutText(value, MAX_FIELD, 'utf16').replaceAll('\n', ' '),
    short,
  }));
  return {
    ...message,
    title: cutText(message.title, MAX_TITLE, 'utf16'),
    text: cutText(message.text, maxText, 'utf16'),
    fields,
    links: message.links.slice(0, MAX_LINKS),
  };
}

/** `lineBreak` is what separates two lines there. */
export function chatMarkdown(message: ChatMessage, lineBreak: string): string {
  const { title, text, severity, fields, links, footer, time } = message;
  const lines = [
    `**${SEVERITY_SIGNS[severity]}${literalMarkdown(title)}**`,
    // What is indented would be code.
    ...literalMarkdown(text)
      .split('\n')
      .map((line) => line.trimStart()),
    ...fields.map(({ name, value }) => `**${literalMarkdown(name)}**: ${literalMarkdown(value)}`),
    ...links.map(({ text: label, url }) => `[${literalMarkdown(label)}](${linkTarget(url)})`),
    literalMarkdown(`${footer} · ${new Date(time).toISOString()}`),
  ];
  return lines.filter((line) => line.trim() !== '').join(lineBreak);
}

/** Without what would end it. */
function linkTarget(url: string): string {
  return url.replaceAll(/[()<>\s|`*[\]\\]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
