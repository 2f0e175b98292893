import { MultipleErrors, NetworkError, UserError } from '@platformatic/kafka';
import { describe, expect, test } from 'vitest';
import { kafkaProblem } from './kafka-problem.ts';

const failed = (broker: string, code: string) =>
  new NetworkError(`Connection to ${broker} failed.`, { cause: Object.assign(new Error('of Node'), { code }) });

describe('kafkaProblem', () => {
  test.each([
    [new UserError('Unknown topic events.'), 'Unknown topic events'],
    [failed('a:1', 'ECONNREFUSED'), 'Connection to a:1 failed: connection refused'],
    [
      new MultipleErrors('three times', [failed('a:1', 'ECONNREFUSED'), failed('a:1', 'ECONNREFUSED')]),
      'Connection to a:1 failed: connection refused',
    ],
    [
      new MultipleErrors('all', [failed('a:1', 'ECONNREFUSED'), failed('b:1', 'ENOTFOUND')]),
      'Connection to a:1 failed: connection refused; Connection to b:1 failed: the host name is not known',
    ],
    [
      failed('a:1', 'SELF_SIGNED_CERT_IN_CHAIN'),
      "Connection to a:1 failed: the server's certificate is signed by an unknown authority (SELF_SIGNED_CERT_IN_CHAIN). tls.caFile names the authorities to trust",
    ],
    ['thrown', 'thrown'],
  ])('says of %s: %s', (error, words) => {
    expect(kafkaProblem(error)).toBe(words);
  });
});
