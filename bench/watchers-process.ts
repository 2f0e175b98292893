/** Many watches of one server, in a process of their own: what most of them bring is only counted. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { preciseNow } from './precise-now.ts';
import { endWithParent } from './temporary.ts';

/** Of all watches, those whose frames are looked at. */
const LOOKED_AT = 20;

export type WatchersRequest =
  | {
      readonly do: 'watch';
      readonly urls: readonly string[];
      readonly headers: Readonly<Record<string, string>>;
      readonly ca?: string;
    }
  | { readonly do: 'report' };

export interface WatchersReport {
  readonly bytes: number;
  /** Event names and when they came, of some of the watches. */
  readonly frames: readonly (readonly [name: string, at: number])[];
  /** Watches that did not begin, or ended. */
  readonly lost: number;
}

const report = { bytes: 0, frames: [] as (readonly [string, number])[], lost: 0 };

/** Resolves when its answer has begun. */
function watch(
  url: string,
  { headers, ca }: Extract<WatchersRequest, { do: 'watch' }>,
  isLookedAt: boolean,
): Promise<void> {
  const ask = url.startsWith('https:') ? httpsRequest : httpRequest;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // A connection each, as clients that know nothing of one another have.
  const asked = ask(url, { headers, agent: false, ...(ca !== undefined && { ca }) }, (response) => {
    if (response.statusCode !== 200) reject(new Error(`watch ${url}: status ${response.statusCode}`));
    let text = '';
    response.on('data', (chunk: Buffer) => {
      report.bytes += chunk.length;
      if (!isLookedAt) return;
      text += chunk.toString('latin1');
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      const at = preciseNow();
      for (const line of lines) {
        const { object } = JSON.parse(line) as { object: { metadata: { name: string } } };
        report.frames.push([object.metadata.name, at]);
      }
    });
    response.on('close', () => report.lost++);
    resolve();
  });
  asked.on('error', reject);
  asked.end();
  return promise;
}

async function answer(message: WatchersRequest): Promise<unknown> {
  if (message.do === 'report') return report;
  const { urls } = message;
  const every = Math.max(1, Math.floor(urls.length / LOOKED_AT));
  for (let index = 0; index < urls.length; index += 50) {
    const some = urls.slice(index, index + 50);
    await Promise.all(some.map((url, offset) => watch(url, message, (index + offset) % every === 0)));
  }
  return undefined;
}

endWithParent();
process.on('message', (message: WatchersRequest) => {
  void answer(message).then((value) => process.send?.({ value }));
});
