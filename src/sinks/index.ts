/** Every sink there is, in the order of the reference. A new one is a file, its test and a line here. */
import { dingtalkSink } from './dingtalk.ts';
import { elasticsearchSink } from './elasticsearch.ts';
import { fileSink } from './file.ts';
import { httpSink } from './http.ts';
import { kafkaSink } from './kafka.ts';
import { lokiSink } from './loki.ts';
import { opensearchSink } from './opensearch.ts';
import { otlpSink } from './otlp.ts';
import { slackSink } from './slack.ts';
import { stdoutSink } from './stdout.ts';
import { teamsSink } from './teams.ts';
import { wecomSink } from './wecom.ts';

export const SINKS = [
  stdoutSink,
  fileSink,
  httpSink,
  elasticsearchSink,
  opensearchSink,
  kafkaSink,
  lokiSink,
  otlpSink,
  slackSink,
  teamsSink,
  dingtalkSink,
  wecomSink,
] as const;
