import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { acceptedEncodings } from './accepted-encodings.ts';

function accepted(header?: string): readonly string[] {
  const request = new IncomingMessage(new Socket());
  if (header !== undefined) request.headers['accept-encoding'] = header;
  return acceptedEncodings(request);
}

test('acceptedEncodings are those that a client does not refuse, whatever else it says of them', () => {
  expect(accepted('gzip, deflate, br')).toEqual(['br', 'gzip']);
  expect(accepted('GZIP;q=0.1')).toEqual(['gzip']);
  expect(accepted('br; q=0.000, gzip')).toEqual(['gzip']);
  expect(accepted('br;q=0, gzip;q=0')).toEqual([]);
  expect(accepted('identity')).toEqual([]);
  expect(accepted('')).toEqual([]);
  expect(accepted()).toEqual([]);
});
