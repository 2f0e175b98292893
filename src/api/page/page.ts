/** The page: the files that `npm run build` makes of ui/. They hold no data; what they show, the JSON API answers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { acceptedEncodings } from '../accepted-encodings.ts';
import { type Endpoint, sendText } from '../listener.ts';
import { type BuiltFile, PageFiles } from './page-files.ts';
import { VIEWS } from './views.ts';

/** No other origin is asked for anything, and nothing that is written into the page is ever run. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  Vary: 'Accept-Encoding',
} as const;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const NOT_BUILT = 'the page is not built: run `npm run build` in the checkout; the APIs answer all the same\n';

/** Serves the files in a folder, which may not be there. `local` as of {@link Endpoint}. */
export function pageEndpoint(folder: string, local: boolean): Endpoint {
  const files = new PageFiles(folder);
  return {
    local,
    serves: (path) => isDocument(path) || path.startsWith('/assets/') || path === '/favicon.svg',
    async answer(request, response) {
      const path = request.url?.split('?', 1)[0] ?? '/';
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.setHeader('Allow', 'GET, HEAD');
        return sendText(response, 405, `found ${request.method}, want GET\n`);
      }
      const isPage = isDocument(path);
      const file = await files.read(isPage ? '/index.html' : path, isPage ? [] : acceptedEncodings(request));
      if (!file) return sendText(response, 404, isPage ? NOT_BUILT : `not found: ${path}\n`);
      if (isPage) sendDocument(request, response, { ...file, body: withBase(file.body, path) });
      else send(request, response, file, { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream' });
    },
  };
}

function isDocument(path: string): boolean {
  const [, first = ''] = path.split('/');
  return path === '/' || VIEWS.some((view) => view === first);
}

/**
 * Where the page's own address begins, seen from a path below it: also behind a proxy that puts a prefix before the
 * path, which is not known here.
 */
function withBase(html: Buffer, path: string): Buffer {
  const base = '../'.repeat(path.split('/').length - 2) || './';
  return Buffer.from(html.toString().replace('<base href="/"', `<base href="${base}"`));
}

function sendDocument(request: IncomingMessage, response: ServerResponse, file: BuiltFile): void {
  send(request, response, file, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  });
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { body, encoding, tag, isHashed }: BuiltFile,
  headers: Readonly<Record<string, string>>,
): void {
  const all = {
    ...HEADERS,
    ...headers,
    ETag: tag,
    // What has a hash in its name never changes; the page that names it is asked for again each time.
    'Cache-Control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(encoding && { 'Content-Encoding': encoding }),
  };
  if (request.headers['if-none-match']?.split(',').some((known) => known.trim() === tag)) {
    response.writeHead(304, all).end();
    return;
  }
  response.writeHead(200, { ...all, 'Content-Length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}
