import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { linkedAbort } from './linked-abort.ts';

describe('linkedAbort', () => {
  test('aborts with the reason of whichever signal is first, also of one that was aborted before', () => {
    const first = new AbortController();
    const second = new AbortController();
    const linked = linkedAbort([first.signal, second.signal]);
    second.abort('why');
    first.abort('too late');
    expect(linked.controller.signal.reason).toBe('why');
    expect(linkedAbort([first.signal]).controller.signal.reason).toBe('too late');
  });

  test('leaves no listener behind once it is unlinked', () => {
    const { signal } = new AbortController();
    linkedAbort([signal]).unlink();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
