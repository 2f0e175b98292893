import { describe, expect, test } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { ApiStatusError } from './api-status.ts';
import { scopeFailure } from './scope-failure.ts';

const answer = (status: number, reason?: string, retryAfterMs?: number) =>
  new ApiStatusError('list events', { status, body: { kind: 'Status', ...(reason && { reason }) }, retryAfterMs });

describe('scopeFailure', () => {
  test.each([
    [answer(410), 'expired'],
    [answer(500, 'Expired'), 'expired'],
    [answer(500, 'Gone'), 'expired'],
    [answer(401), 'refused'],
    [answer(403), 'refused'],
    [answer(404), 'unreachable'],
    [answer(500), 'unreachable'],
    [new AppError('CREDENTIALS_FAILED', 'read a token file'), 'refused'],
    [new AppError('API_REQUEST_FAILED', 'connection refused'), 'unreachable'],
    [new AppError('EVENT_INVALID', 'not JSON'), 'damaged'],
    [new TypeError('terminated'), 'unreachable'],
  ])('takes %s for %s', (error, kind) => {
    expect(scopeFailure(error, 'list', '*').kind).toBe(kind);
  });

  test('names the missing rule', () => {
    expect(scopeFailure(answer(403), 'watch', 'shop').problem).toContain(
      'verb "watch" on resource "events" in namespace shop',
    );
    expect(scopeFailure(answer(403), 'list', '*').problem).toContain(
      'verb "list" on resource "events" in all namespaces',
    );
  });

  test('keeps how long the server asks to wait', () => {
    expect(scopeFailure(answer(429, 'TooManyRequests', 1500), 'list', '*').retryAfterMs).toBe(1500);
  });
});
