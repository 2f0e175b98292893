import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../../test/helpers/temporary-directory.ts';
import { type Listener, listen } from '../listener.ts';
import { pageEndpoint } from './page.ts';

const SCRIPT = 'console.log(1);';

let directory: string;
let listener: Listener;

beforeEach(async () => {
  directory = temporaryDirectory();
  mkdirSync(join(directory, 'page/assets'), { recursive: true });
  writeFileSync(join(directory, 'secret'), 'not a part of the page');
  writeFileSync(join(directory, 'page/index.html'), '<base href="/" /><script src="./assets/index-1a.js"></script>');
  writeFileSync(join(directory, 'page/assets/index-1a.js'), SCRIPT);
  writeFileSync(join(directory, 'page/assets/index-1a.js.gz'), gzipSync(SCRIPT));
  listener = await listen([pageEndpoint(join(directory, 'page'), false)], { host: '127.0.0.1', port: 0 });
});

afterEach(async () => {
  await listener.close();
});

/** Without what fetch asks for and undoes by itself. */
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(listener.url + path, { headers: { 'Accept-Encoding': 'identity', ...headers } });

describe('pageEndpoint', () => {
  test('serves the page under each view, never from a cache that was not asked', async () => {
    for (const path of ['/', '/explore', '/explore?q=reason:BackOff', '/explore/more']) {
      const answer = await get(path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; /);
    }
    expect((await get('/explorer')).status).toBe(404);
  });

  test('tells the page where its address begins, also behind a prefix that it does not know', async () => {
    const base = async (path: string) => {
      const [, href = ''] = /<base href="([^"]+)"/.exec(await (await get(path)).text()) ?? [];
      return new URL(href, `https://example.test/some/prefix${path}`).pathname;
    };
    expect(await base('/')).toBe('/some/prefix/');
    expect(await base('/explore')).toBe('/some/prefix/');
    expect(await base('/explore/a/b')).toBe('/some/prefix/');
  });

  test('serves what has a hash in its name for ever, compressed as it was built', async () => {
    const plain = await get('/assets/index-1a.js');
    expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await plain.text()).toBe(SCRIPT);
    const gzipped = await get('/assets/index-1a.js', { 'Accept-Encoding': 'br, gzip' });
    expect(gzipped.headers.get('content-encoding')).toBe('gzip');
    expect(gzipped.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(Number(gzipped.headers.get('content-length'))).toBe(gzipSync(SCRIPT).length);
    expect(await gzipped.text()).toBe(gunzipSync(gzipSync(SCRIPT)).toString());
    const refused = await get('/assets/index-1a.js', { 'Accept-Encoding': 'gzip;q=0' });
    expect(refused.headers.get('content-encoding')).toBeNull();
  });

  test('serves what another build puts there while it runs, and nothing of the former', async () => {
    expect((await get('/assets/index-1a.js')).status).toBe(200);
    rmSync(join(directory, 'page/assets/index-1a.js'));
    writeFileSync(join(directory, 'page/assets/index-2b.js'), 'console.log(2);');
    writeFileSync(join(directory, 'page/index.html'), '<script src="./assets/index-2b.js"></script>');
    expect((await get('/assets/index-1a.js')).status).toBe(404);
    expect(await (await get('/')).text()).toContain('index-2b.js');
    expect(await (await get('/assets/index-2b.js')).text()).toBe('console.log(2);');
    expect((await get('/assets/index-1a.js')).status).toBe(404);
  });

  test('answers 304 to whoever has it', async () => {
    const tag = (await get('/explore')).headers.get('etag') ?? '';
    const again = await get('/explore', { 'If-None-Match': tag });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  test('opens nothing but the files of the page', async () => {
    for (const path of [
      '/assets/..%2f..%2fsecret',
      '/assets/..%2fsecret',
      '/assets/%00',
      '/assets/',
      '/assets/none.js',
    ]) {
      expect((await get(path)).status).toBe(404);
    }
  });

  test('takes reads alone', async () => {
    const answer = await fetch(`${listener.url}/explore`, { method: 'POST' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const head = await fetch(`${listener.url}/assets/index-1a.js`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test('says how the page is built where it is not', async () => {
    const empty = await listen([pageEndpoint(join(directory, 'none'), false)], { host: '127.0.0.1', port: 0 });
    const answer = await fetch(`${empty.url}/explore`);
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('npm run build')]);
    await empty.close();
  });
});
