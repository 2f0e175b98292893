/** Requests as they go over the wire, with nothing between the test and the protocol. */
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';

export interface Answer {
  readonly code: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface RawWatch {
  readonly code: number;
  /** The bytes that have arrived so far. */
  text(): string;
  /** The complete lines of it. */
  frames(): readonly WatchFrame[];
  /** How the response ended, once it has. */
  ended(): 'cleanly' | 'cut' | undefined;
  close(): void;
}

export interface WatchFrame {
  readonly type: string;
  readonly object: {
    readonly metadata: { readonly name: string; readonly resourceVersion: string };
    readonly [field: string]: unknown;
  };
}

type Headers = Readonly<Record<string, string>>;

export function rawGet(url: string, headers: Headers = {}): Promise<Answer> {
  return open(url, headers).then(async (response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return {
      code: response.statusCode ?? 0,
      headers: response.headers,
      body: Buffer.concat(chunks).toString('latin1'),
    };
  });
}

export async function rawWatch(url: string, headers: Headers = {}): Promise<RawWatch> {
  const response = await open(url, headers);
  let text = '';
  let ended: 'cleanly' | 'cut' | undefined;
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    text += chunk;
  });
  response.on('end', () => {
    ended ??= 'cleanly';
  });
  response.on('error', () => {
    ended ??= 'cut';
  });
  return {
    code: response.statusCode ?? 0,
    text: () => text,
    frames: () =>
      text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as WatchFrame),
    ended: () => ended,
    close: () => response.destroy(),
  };
}

function open(url: string, headers: Headers): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, agent: false }, resolve);
    request.on('error', reject);
  });
}
