import { once } from 'node:events';
import { connect } from 'node:http2';
import { describe, expect, test } from 'vitest';
import { lackingServers } from '../helpers/require-component.ts';
import { useServer } from '../helpers/server.ts';
import { until } from '../helpers/until.ts';
import { type OtelCollector, startOtelCollector } from './otel-collector.ts';

// https://opentelemetry.io/docs/specs/otlp/#otlphttp
async function exportOverHttp({ httpUrl }: OtelCollector, body: string): Promise<void> {
  const logRecords = [{ body: { stringValue: body } }];
  const response = await fetch(`${httpUrl}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }),
  });
  expect(response.status).toBe(200);
}

/** A length-delimited field of protobuf: https://protobuf.dev/programming-guides/encoding/ */
function field(number: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.of((number << 3) | 2, content.length), content]);
}

/** ExportLogsServiceRequest > ResourceLogs > ScopeLogs > LogRecord > AnyValue, for a body of up to 100 bytes. */
function logsRequest(body: string): Buffer {
  const record = field(2, field(5, field(1, Buffer.from(body))));
  return field(1, field(2, record));
}

/** https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */
async function exportOverGrpc({ grpcUrl }: OtelCollector, body: string): Promise<void> {
  const session = connect(grpcUrl);
  try {
    const request = session.request({
      ':method': 'POST',
      ':path': '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const message = logsRequest(body);
    const uncompressedLength = Buffer.alloc(5);
    uncompressedLength.writeUInt32BE(message.length, 1);
    const trailers = once(request, 'trailers');
    request.end(Buffer.concat([uncompressedLength, message]));
    request.resume();
    const [{ 'grpc-status': status }] = (await trailers) as [{ 'grpc-status': string }];
    expect(status).toBe('0');
  } finally {
    session.close();
  }
}

/** The bodies of the logs that have arrived, once there are so many. */
async function bodies(collector: OtelCollector, count: number): Promise<readonly string[]> {
  return until(`${count} logs have arrived`, () => {
    const found = [...JSON.stringify(collector.received()).matchAll(/"stringValue":"([^"]*)"/g)].map(
      (match) => match[1] ?? '',
    );
    return found.length >= count && found;
  });
}

describe.skipIf(lackingServers('otelcol'))('startOtelCollector', () => {
  const collector = useServer(startOtelCollector);

  test('takes logs over HTTP and gRPC, and keeps them through a restart and through a kill', async () => {
    await exportOverHttp(collector(), 'by HTTP');
    await exportOverGrpc(collector(), 'by gRPC');
    expect(await bodies(collector(), 2)).toEqual(['by HTTP', 'by gRPC']);

    await collector().restart();
    await exportOverHttp(collector(), 'after a restart');
    expect(await bodies(collector(), 3)).toEqual(['by HTTP', 'by gRPC', 'after a restart']);

    await collector().kill();
    await expect(exportOverHttp(collector(), 'lost')).rejects.toThrow('fetch failed');
    await collector().restart();
    await exportOverGrpc(collector(), 'after a kill');
    expect(await bodies(collector(), 4)).toEqual(['by HTTP', 'by gRPC', 'after a restart', 'after a kill']);
  });
});
