import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { revision } from '../../test/contract/event-arbitrary.ts';
import { messages } from '../../test/helpers/message-arbitrary.ts';
import { messageOf } from '../../test/helpers/open-sink.ts';
import { loadConfig } from '../config/load.ts';
import type { Event } from '../core/event.ts';
import { type EventRecord, eventRecord } from '../core/record.ts';
import { type ChatFormat, chatFormatConfig, createChatFormat } from './chat-message.ts';

const record = revision({ event: 1, resourceVersion: 7, second: 600, count: 3, object: 1 });
const message = messageOf(record);

async function format(settings = '{}'): Promise<ChatFormat> {
  const { config } = await loadConfig({ schema: v.strictObject(chatFormatConfig), text: settings, env: {} });
  return createChatFormat(config, { name: 'test', env: {} });
}

function changed(body: Partial<Event>): EventRecord {
  return eventRecord({ ...record.body, ...body }, record);
}

describe('createChatFormat', () => {
  it('says all that matters when nothing is set', async () => {
    expect((await format()).message({ ...message, labels: { team: 'shop' } })).toEqual({
      title: 'BackOff: Pod shop/web-1',
      text: record.body.message,
      severity: 'warning',
      fields: [
        { name: 'Cluster', value: 'prod', short: true },
        { name: 'Namespace', value: 'shop', short: true },
        { name: 'Object', value: 'Pod web-1', short: true },
        { name: 'Count', value: '×3 over 10m', short: true },
        { name: 'Node', value: 'node-1', short: true },
        { name: 'Component', value: 'kubelet', short: true },
        { name: 'team', value: 'shop', short: true },
      ],
      links: [],
      footer: 'Tidings',
      time: record.time,
    });
    expect((await format()).needs).toBeUndefined();
  });

  it('leaves out what it does not know, and what the object is itself', async () => {
    const about = changed({
      involvedObject: { kind: 'Node', name: 'node-5' },
      count: 1,
      source: { host: 'node-5' },
      reportingComponent: '',
    });
    const { title, fields } = (await format()).message(messageOf(about));
    expect(title).toBe('BackOff: Node node-5');
    expect(fields.map(({ name }) => name)).toEqual(['Cluster', 'Object']);
  });

  it('takes the node from the object where that was looked up', async () => {
    const object = { labels: {}, annotations: {}, owners: [], node: 'node-9', deleted: false };
    expect((await format()).message({ ...message, object }).fields).toContainEqual({
      name: 'Node',
      value: 'node-9',
      short: true,
    });
  });

  it.each<[Readonly<Record<string, string>>, string, string]>([
    [{}, 'Warning', 'warning'],
    [{}, 'Normal', 'info'],
    [{}, 'Odd', 'info'],
    [{ severity: 'error' }, 'Normal', 'error'],
    [{ severity: 'critical' }, 'Normal', 'error'],
    [{ severity: 'info' }, 'Warning', 'info'],
    [{ severity: 'page' }, 'Warning', 'warning'],
  ])('takes the severity from the labels %j, else from the type %s', async (labels, type, severity) => {
    const shown = (await format()).message({ ...messageOf(changed({ type })), labels });
    expect(shown.severity).toBe(severity);
    expect(shown.fields.map(({ name }) => name).includes('severity')).toBe(labels['severity'] === 'page');
  });

  it('says in the footer what was held back, and that it is a test', async () => {
    const { message: shown } = await format();
    expect(shown({ ...message, folded: 1 }).footer).toBe('Tidings · 1 more was held back');
    expect(shown({ ...message, folded: 4, test: true }).footer).toBe(
      'Tidings · 4 more were held back · This is a test',
    );
  });

  it('fills in the templates of the operator', async () => {
    const { message: shown, needs } = await format(`
title: "{{ .Type }}\\n{{ .InvolvedObject.Name }}"
text: "{{ .Message | trunc 8 }}\\nat {{ .LastTimestamp.Format \\"15:04\\" }}"
fields:
  Team: '{{ .InvolvedObject.Labels.team }}'
  Empty: ''
  Lines: "a\\nb"
  Long: '{{ repeat 41 "x" }}'
timezone: Asia/Tokyo
`);
    const { title, text, fields } = shown(message);
    expect(title).toBe('Warning web-1');
    expect(text).toBe('Back-off\nat 12:10');
    expect(fields).toEqual([
      { name: 'Lines', value: 'a\nb', short: false },
      { name: 'Long', value: 'x'.repeat(41), short: false },
    ]);
    expect(needs).toEqual({ object: true });
  });

  it('has a title of its own where a template makes none', async () => {
    expect((await format('title: "{{ .Action }} "')).message(message).title).toBe('BackOff: Pod shop/web-1');
    for (const reason of ['', '\n']) {
      expect((await format()).message(messageOf(changed({ reason, involvedObject: {} }))).title).toBe('Event');
    }
  });

  it('links to places of the configuration, with values that cannot leave their place', async () => {
    const { message: shown, needs } = await format(`
links:
  - text: Logs
    url: https://logs.example.com/{{ .InvolvedObject.Namespace }}/?pod={{ .InvolvedObject.Name }}&x=a b
  - { text: None, url: "https://x.example:{{ .InvolvedObject.Name }}/" }
`);
    expect(needs).toBeUndefined();
    const named = (name: string, namespace = 'shop') =>
      shown(messageOf(changed({ involvedObject: { kind: 'Pod', name, namespace } }))).links;
    expect(named('web-1')).toEqual([{ text: 'Logs', url: 'https://logs.example.com/shop/?pod=web-1&x=a%20b' }]);
    expect(named(`"')(*&#@/é`)[0]?.url).toBe(
      'https://logs.example.com/shop/?pod=%22%27%29%28%2A%26%23%40%2F%C3%A9&x=a%20b',
    );
    expect(named('x', '..')[0]?.url).toBe('https://logs.example.com//?pod=x&x=a%20b');
  });

  it.each([
    ['title: "{{ nope }}"', 'function "nope" not defined'],
    ['fields: { Team: "{{" }', 'fields.Team: template:'],
    ['links: [{ text: x, url: "javascript:{{ .Name }}" }]', 'links[0].url: found "javascript:{{ .Name }}", want'],
    ['links: [{ text: x, url: "https://{{ .Name }}/" }]', 'want a Go template such as https://example.com/'],
    ['links: [{ text: x, url: "https://x/{{ nope }}" }]', 'function "nope" not defined'],
  ])('refuses %s', async (settings, problem) => {
    await expect(format(settings)).rejects.toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(problem) as string }) as Error,
    );
  });

  it('is plain text throughout, whatever is in the message', async () => {
    const own = await format(`
title: '{{ .Reason }}'
fields: { Text: '{{ .Message }}' }
links: [{ text: Logs, url: 'https://x.example/{{ .InvolvedObject.Name }}/?q={{ .Message }}' }]
`);
    fc.assert(
      fc.property(messages, fc.constantFrom(await format(), own), (any, { message: shown }) => {
        const { title, text, fields, links, footer } = shown(any);
        expect(title).not.toBe('');
        const lines = [title, footer, ...fields.map(({ name }) => name), ...links.map((link) => link.text)];
        for (const line of lines) expect(line).not.toMatch(/\n/);
        const values = fields.map(({ value }) => value);
        for (const value of values) expect(value).not.toBe('');
        for (const plain of [...lines, ...values, text]) {
          expect(plain.replaceAll('\n', '')).not.toMatch(/[\p{Control}\p{Bidi_Control}\p{Surrogate}]/u);
        }
        for (const { url } of links) {
          expect(url).toMatch(/^https:\/\/x\.example\/[\u0021-\u007e]*$/);
          expect(new URL(url).pathname.split('/')).toHaveLength(3);
          expect([...new URL(url).searchParams.keys()]).toEqual(['q']);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('docs/reference/formats.md', () => {
  const file = join(import.meta.dirname, '..', '..', 'docs', 'reference', 'formats.md');
  const example = /```yaml\n(title:.*?)```/s.exec(readFileSync(file, 'utf8'))?.[1] ?? '';

  it('shows settings of a chat message that work', async () => {
    const { title, fields, links } = (await format(example)).message({ ...message, labels: { team: 'shop' } });
    expect(title).toBe('BackOff: web-1 in prod');
    expect(fields.map(({ name, value }) => `${name}: ${value}`)).toEqual(['Team: shop', 'Since: 04:00']);
    expect(links).toEqual([
      { text: 'Dashboard', url: 'https://grafana.example.com/d/pods?var-namespace=shop&var-pod=web-1' },
    ]);
  });
});
