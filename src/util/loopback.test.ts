import { expect, test } from 'vitest';
import { isLoopback } from './loopback.ts';

test.each(['127.0.0.1', '127.8.9.10', '::1', '[::1]', 'localhost', 'LOCALHOST', 'a.localhost', '::ffff:127.0.0.1'])(
  'isLoopback says that %s is this machine',
  (host) => expect(isLoopback(host)).toBe(true),
);

test.each(['0.0.0.0', '::', '10.0.0.1', 'example.com', 'localhost.example.com', '', '127.0.0.1.example.com'])(
  'isLoopback says that "%s" is not',
  (host) => expect(isLoopback(host)).toBe(false),
);
