import { describe, expect, test } from 'vitest';
import { serverProxy } from './server-proxy.ts';

describe('serverProxy', () => {
  test('is what the environment names, or nothing', () => {
    const env = { HTTPS_PROXY: 'proxy.example:3128', NO_PROXY: 'direct.example' };
    expect(serverProxy('https://api.example:6443', env)).toBe('http://proxy.example:3128');
    expect(serverProxy('https://direct.example:6443', env)).toBeUndefined();
  });

  test('refuses what is no URL without repeating it', () => {
    const call = () => serverProxy('https://api.example', { HTTPS_PROXY: 'ftp://user:hidden-word@proxy' });
    expect(call).toThrow('use the proxy of HTTPS_PROXY: found something else, want an http, https or socks5 URL');
    expect(call).not.toThrow('hidden-word');
  });
});
