import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { goneSignal } from './gone-signal.ts';

test('goneSignal is aborted when the response closes, or has been closed', () => {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const signal = goneSignal(response);
  expect(signal.aborted).toBe(false);
  response.destroy();
  response.emit('close');
  expect(signal.aborted).toBe(true);
  expect(goneSignal(response).aborted).toBe(true);
});
