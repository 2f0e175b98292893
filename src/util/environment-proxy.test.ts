import { describe, expect, test } from 'vitest';
import { environmentProxy, isProxyUrl } from './environment-proxy.ts';

const proxy = 'http://proxy.example:3128';

// The cases follow golang.org/x/net/http/httpproxy, which Go programs ask.
describe('environmentProxy', () => {
  test.each([
    ['https://api.example:6443', { HTTPS_PROXY: proxy }, proxy],
    ['https://api.example:6443', { https_proxy: proxy }, proxy],
    ['https://api.example:6443', { HTTPS_PROXY: 'proxy.example:3128' }, proxy],
    ['https://api.example:6443', { HTTP_PROXY: proxy }, undefined],
    ['http://api.example', { HTTP_PROXY: proxy }, proxy],
    ['https://api.example:6443', {}, undefined],
    ['https://localhost:6443', { HTTPS_PROXY: proxy }, undefined],
    ['https://127.8.0.1:6443', { HTTPS_PROXY: proxy }, undefined],
    ['https://[::1]:6443', { HTTPS_PROXY: proxy }, undefined],
  ])('for %s in %j is %j', (server, env, wanted) => {
    expect(environmentProxy(server, env)?.url).toBe(wanted);
  });

  test.each([
    ['*', true],
    ['api.example', true],
    ['example', true],
    [' EXAMPLE ,other', true],
    ['.example', true],
    ['*.example', true],
    ['xample', false],
    ['.api.example', false],
    ['api.example:6443', true],
    ['api.example:443', false],
    ['', false],
  ])('goes directly to api.example with NO_PROXY=%j: %j', (exceptions, direct) => {
    const env = { HTTPS_PROXY: proxy, NO_PROXY: exceptions };
    expect(environmentProxy('https://api.example:6443', env)?.url).toBe(direct ? undefined : proxy);
  });

  test.each([
    ['https://10.96.0.1', '10.96.0.0/12', true],
    ['https://10.112.0.1', '10.96.0.0/12', false],
    ['https://10.96.0.1', '10.96.0.1', true],
    ['https://10.96.0.1', '10.96.0.1:443', true],
    ['https://10.96.0.1', '0.96.0.1', false],
    ['https://10.96.0.1', '10.96.0.0/99', false],
    ['https://[fd00::1]', 'fd00::/8', true],
    ['https://[fd00::1]:6443', '[fd00::1]:6443', true],
  ])('goes directly to %s with NO_PROXY=%j: %j', (server, exceptions, direct) => {
    const env = { HTTPS_PROXY: proxy, NO_PROXY: exceptions };
    expect(environmentProxy(server, env)?.url).toBe(direct ? undefined : proxy);
  });

  test('names the variable, whatever it holds', () => {
    expect(environmentProxy('https://api.example', { https_proxy: 'ftp://proxy' })).toEqual({
      variable: 'HTTPS_PROXY',
      url: 'ftp://proxy',
    });
  });
});

describe('isProxyUrl', () => {
  test.each([
    ['http://proxy', true],
    ['https://proxy:3128', true],
    ['socks5://user:word@proxy', true],
    ['ftp://proxy', false],
    ['proxy:3128', false],
    ['http://', false],
  ])('takes %s: %j', (url, wanted) => {
    expect(isProxyUrl(url)).toBe(wanted);
  });
});
