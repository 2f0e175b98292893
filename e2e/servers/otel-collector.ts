import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePorts } from '../cluster/free-ports.ts';
import { installation } from './installation.ts';
import { launch, type RunningServer, type ServerContext, serverDir, succeeds } from './running-server.ts';

export interface OtelCollector extends RunningServer {
  /** OTLP over HTTP; the path of a signal, such as `/v1/logs`, comes after it. */
  readonly httpUrl: string;
  /** OTLP over gRPC, without TLS. */
  readonly grpcUrl: string;
  /** What has arrived and been written so far: one object a request, in OTLP's JSON form. It lags by up to 0.1 s. */
  received(): readonly unknown[];
}

/** An OpenTelemetry Collector that takes OTLP of every signal and appends it to a file. */
export async function startOtelCollector(context: ServerContext): Promise<OtelCollector> {
  const dir = serverDir(context, 'otelcol');
  const ports = await freePorts('http', 'grpc');
  const httpUrl = `http://127.0.0.1:${ports.http}`;
  const received = join(dir, 'received.jsonl');
  const file = join(dir, 'otelcol.yaml');
  const pipeline = { receivers: ['otlp'], exporters: ['file'] };
  const endpoint = (port: number): object => ({ endpoint: `127.0.0.1:${port}` });
  const configuration = {
    receivers: { otlp: { protocols: { http: endpoint(ports.http), grpc: endpoint(ports.grpc) } } },
    exporters: { file: { path: received, append: true, flush_interval: '100ms' } },
    service: {
      // It would listen on a port of its own.
      telemetry: { metrics: { level: 'none' } },
      pipelines: { logs: pipeline, metrics: pipeline, traces: pipeline },
    },
  };
  writeFileSync(file, stringify(configuration, { aliasDuplicateObjects: false }));
  const server = await launch({
    name: 'otelcol',
    dir,
    command: [join(installation('otelcol'), 'otelcol'), `--config=file:${file}`],
    // A request without a log is accepted and leaves no trace. gRPC is listened to before HTTP.
    ready: () =>
      succeeds(`${httpUrl}/v1/logs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      }),
  });
  return {
    ...server,
    httpUrl,
    grpcUrl: `http://127.0.0.1:${ports.grpc}`,
    received: () =>
      readFileSync(received, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as unknown),
  };
}
