import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AnswerMemory } from './answer-memory.ts';

function newResponse(): ServerResponse {
  return new ServerResponse(new IncomingMessage(new Socket()));
}

test('AnswerMemory prints texts one behind the other, whatever their length', () => {
  const memory = new AnswerMemory();
  const text = fc
    .tuple(fc.string({ unit: 'binary' }), fc.constantFrom(1, 50_000))
    .map(([one, times]) => one.repeat(times));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 6 }), (texts) => {
      const response = newResponse();
      const print = memory.printer(response);
      const printed = texts.map((one) => print(one));
      response.emit('close');
      expect(Buffer.concat(printed).equals(Buffer.from(texts.join('')))).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('AnswerMemory gives memory to another answer once the first one is closed, and not before', () => {
  const memory = new AnswerMemory();
  const [first, second, third] = [newResponse(), newResponse(), newResponse()];
  const a = memory.printer(first)('aaa');
  const b = memory.printer(second)('bbb');
  expect(a.buffer === b.buffer).toBe(false);
  first.emit('close');
  const c = memory.printer(third)('ccc');
  expect([c.buffer === a.buffer, b.toString()]).toEqual([true, 'bbb']);
});
