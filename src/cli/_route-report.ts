/** What `tidings route test` found, as tables and as JSON. */
import type { EventVerdict, RouteCounts, RouteReport, RouteResult } from '../app/route-test.ts';
import { toCoreV1 } from '../core/event-conversion.ts';
import type { EventRecord } from '../core/record.ts';
import { moment } from './_coverage-words.ts';
import { indentedJson } from './_json.ts';
import type { Output } from './_output.ts';
import { GET_STYLE, Table } from './_table.ts';
import { cellText, harmless } from './_text.ts';

const COUNTS = ['SENT', 'SAMPLED OUT', 'FOLDED', 'THROTTLED'];

const WORDS: Readonly<Record<RouteResult, string>> = {
  sent: 'sent',
  sampledOut: 'sampled out',
  folded: 'folded',
  throttled: 'throttled',
  dropped: 'dropped',
  unrouted: 'no route takes it',
};

export interface TestedRange {
  readonly since: number;
  readonly until: number;
}

export async function printReport(report: RouteReport, { since, until }: TestedRange, output: Output): Promise<void> {
  const { records, dropped, unrouted } = report;
  await output.write(`${records} revisions of events, ${moment(since)} – ${moment(until)}; nothing was sent\n`);
  await output.write(`${dropped} dropped by a route, ${unrouted} taken by no route\n\n`);
  if (report.routes.length > 0) {
    const routes = new Table(output, GET_STYLE);
    routes.header(['ROUTE', 'MATCHED', 'DROPPED', ...COUNTS, 'MATCH']);
    for (const { route, match, drop, matched, dropped: own, ...counts } of report.routes) {
      const condition = `${match ?? '<all>'}${drop === undefined ? '' : `; drop: ${drop}`}`;
      await routes.row([route, String(matched), String(own), ...cells(counts), cellText(condition)]);
    }
    await routes.flush();
    await output.write('\n');
  }
  const sinks = new Table(output, GET_STYLE);
  sinks.header(['SINK', ...COUNTS]);
  for (const { sink, ...counts } of report.sinks) await sinks.row([sink, ...cells(counts)]);
  await sinks.flush();
  if (report.samples.length > 0) await printSamples(report, output);
}

async function printSamples({ samples }: RouteReport, output: Output): Promise<void> {
  await output.write('\n');
  const table = new Table(output, GET_STYLE);
  table.header(['SAMPLES', 'SINK', 'ROUTE', 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE']);
  for (const { result, sink = '<none>', route = '<none>', record } of samples) {
    const { type = '', reason = '', message = '' } = record.body;
    const event = [moment(record.time), type, reason, objectOf(record), message.trim()];
    await table.row([WORDS[result], sink, route, ...event.map(cellText)]);
  }
  await table.flush();
}

export function reportJson(report: RouteReport, { since, until }: TestedRange): string {
  const range = { since: new Date(since).toISOString(), until: new Date(until).toISOString() };
  const samples = report.samples.map(({ record, ...of }) => ({ ...of, ...recordJson(record) }));
  return `${indentedJson({ ...range, ...report, samples })}\n`;
}

/** One row an event and sink; one for an event that reaches none. */
export async function printVerdicts(verdicts: readonly EventVerdict[], output: Output): Promise<void> {
  const table = new Table(output, GET_STYLE);
  table.header(['TYPE', 'REASON', 'OBJECT', 'ROUTE', 'SINK', 'RESULT']);
  for (const { record, droppedBy, sinks } of verdicts) {
    const event = [record.body.type ?? '', record.body.reason ?? '', objectOf(record)].map(cellText);
    for (const { sink, route = '<none>', result } of sinks) await table.row([...event, route, sink, WORDS[result]]);
    if (droppedBy !== undefined) await table.row([...event, droppedBy, '<none>', WORDS.dropped]);
    else if (sinks.length === 0) await table.row([...event, '<none>', '<none>', WORDS.unrouted]);
  }
  await table.flush();
}

export function verdictsJson(verdicts: readonly EventVerdict[]): string {
  return `${indentedJson(verdicts.map(({ record, ...verdict }) => ({ ...verdict, ...recordJson(record) })))}\n`;
}

function cells({ sent, sampledOut, folded, throttled }: RouteCounts): string[] {
  return [sent, sampledOut, folded, throttled].map(String);
}

function recordJson({ cluster, body }: EventRecord) {
  return { cluster, event: toCoreV1(body) };
}

/** `Pod/shop/web-0` */
function objectOf({ subject: { kind = '', namespace, name = '' } }: EventRecord): string {
  return harmless([kind, ...(namespace ? [namespace] : []), name].join('/'));
}
