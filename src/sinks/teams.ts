/**
 * Sends messages to Microsoft Teams, by the webhook of a flow made from the template of Workflows for webhook alerts:
 * https://support.microsoft.com/office/create-incoming-webhooks-with-workflows-for-microsoft-teams-8ae491c7-0394-4861-ba59-055e33f75498
 *
 * A message is an Adaptive Card. What comes from an event is in runs of text, in which no Markdown is looked for, unlike
 * in a TextBlock or a FactSet: https://adaptivecards.io/explorer/TextRun.html. Who is mentioned a card says in
 * `msteams.entities`, which no card of ours has:
 * https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format#mention-support-within-adaptive-cards
 */
import { defineSink } from '../component/sink.ts';
import {
  type ChatField,
  type ChatMessage,
  chatFormatConfig,
  createChatFormat,
  type Severity,
} from '../formats/chat-message.ts';
import { cutText } from '../formats/cut-text.ts';
import { fittingMessage } from './_chat-fit.ts';
import { CHAT_DELIVERY, CHAT_LIMITS, chatSink } from './_chat-sink.ts';
import { createHttpClient, httpUrl } from './_http-client.ts';
import { httpConnectionConfig } from './_http-connections.ts';

const config = {
  url: httpUrl('The URL of the webhook of a flow. Its parameter `sig` is a secret.'),
  ...chatFormatConfig,
  ...httpConnectionConfig,
};

/**
 * The whole of a message, about 28 kB:
 * https://learn.microsoft.com/microsoftteams/limits-specifications-teams#chat
 */
const MAX_BYTES = 28_000;

// Nothing that Teams asks for: what people still read.
const MAX_TITLE = 300;
const MAX_FIELDS = 20;
const MAX_FIELD = 500;
/** The buttons that are shown: https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference#support-for-adaptive-cards */
const MAX_LINKS = 6;
/** White space within a run is one space, so that each line is a block. */
const MAX_LINES = 50;

const COLOURS: Readonly<Record<Severity, string>> = { info: 'Default', warning: 'Warning', error: 'Attention' };

export const teamsSink = defineSink({
  type: 'teams',
  summary: 'Sends each event as a card to a channel or chat of Microsoft Teams, by the webhook of a flow.',
  delivery: `${CHAT_DELIVERY} The flow answers 202 before it has posted: what it cannot post is found in its run history alone.`,
  config,
  limits: CHAT_LIMITS,
  concurrency: 1,
  examples: [
    {
      title: 'By the webhook of a flow, with a link to the logs',
      config: `url: https://prod-01.westeurope.logic.azure.com/workflows/alerts/triggers/manual/paths/invoke?sig=\${TEAMS_SIGNATURE}
links:
  - text: Logs
    url: https://logs.example.com/?pod={{ .InvolvedObject.Name }}
`,
    },
  ],
  async create(settings, context) {
    const { url } = settings;
    const client = await createHttpClient(settings, url, context);
    // Without a charset the size has been seen to be counted in UTF-16.
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    return chatSink({
      format: createChatFormat(settings, context),
      render,
      send: async (body, signal) => (await client.send({ url, headers, body }, signal)).outcome,
      close: () => client.close(),
    });
  },
});

function render(message: ChatMessage): string {
  const bounded: ChatMessage = {
    ...message,
    title: cutText(message.title, MAX_TITLE, 'utf16'),
    text: cutText(message.text, MAX_BYTES, 'utf16'),
    fields: message.fields.slice(0, MAX_FIELDS),
    links: message.links.slice(0, MAX_LINKS),
  };
  const written = (candidate: ChatMessage): string => JSON.stringify(payload(candidate));
  return written(fittingMessage(bounded, (candidate) => Buffer.byteLength(written(candidate)) <= MAX_BYTES));
}

/** https://learn.microsoft.com/connectors/teams/#microsoft-teams-webhook */
function payload(message: ChatMessage) {
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card(message) }],
  };
}

function card({ title, text, severity, fields, links, footer, time }: ChatMessage) {
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    // The newest that flows and every client of Teams take.
    version: '1.4',
    body: [
      paragraph([run(title, { weight: 'Bolder', size: 'Medium', color: COLOURS[severity] })]),
      ...linesOf(text).map((line) => paragraph([run(line)])),
      ...fields.map((field) => paragraph(fieldRuns(field))),
      paragraph([run(`${footer} · ${new Date(time).toISOString()}`, { size: 'Small', isSubtle: true })]),
    ],
    actions: links.map(({ text: label, url }) => ({ type: 'Action.OpenUrl', title: label, url })),
    msteams: { width: 'Full' },
  };
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  const rest = lines.slice(MAX_LINES - 1).join(' ');
  return [...lines.slice(0, MAX_LINES - 1), rest].filter((line) => line.trim() !== '');
}

function fieldRuns({ name, value }: ChatField) {
  return [run(`${cutText(name, MAX_FIELD, 'utf16')}: `, { weight: 'Bolder' }), run(cutText(value, MAX_FIELD, 'utf16'))];
}

function paragraph(inlines: readonly object[]) {
  return { type: 'RichTextBlock', inlines };
}

function run(text: string, style: object = {}) {
  return { type: 'TextRun', text, ...style };
}
