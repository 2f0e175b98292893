import { describe, expect, test } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { ApiStatusError, asStatus, parseStatus } from './api-status.ts';

describe('parseStatus', () => {
  test('reads the Status of an error response', () => {
    const body =
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"too old","reason":"Expired","code":410}';
    expect(parseStatus(body)).toEqual({
      kind: 'Status',
      status: 'Failure',
      message: 'too old',
      reason: 'Expired',
      code: 410,
    });
  });

  test.each(['', '<html>', 'null', '[]', '{"kind":"Event"}'])('takes %j for something else', (body) => {
    expect(parseStatus(body)).toBeUndefined();
  });
});

describe('asStatus', () => {
  test('leaves out fields of a wrong type', () => {
    expect(asStatus({ kind: 'Status', message: 1, code: '410', details: { retryAfterSeconds: 3 } })).toEqual({
      kind: 'Status',
      details: { retryAfterSeconds: 3 },
    });
  });

  test.each([-5, 0, '3', null])('leaves out a wait of %j seconds', (retryAfterSeconds) => {
    expect(asStatus({ kind: 'Status', details: { retryAfterSeconds } })).toEqual({ kind: 'Status' });
  });
});

describe('ApiStatusError', () => {
  test('carries what the Status says', () => {
    const body = {
      kind: 'Status',
      reason: 'TooManyRequests',
      message: 'slow\ndown',
      details: { retryAfterSeconds: 2 },
    } as const;
    const error = new ApiStatusError('list events', { status: 429, body });
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({
      code: 'API_REQUEST_FAILED',
      status: 429,
      reason: 'TooManyRequests',
      retryAfterMs: 2000,
    });
    expect(error.message).toBe('list events: 429 TooManyRequests: slow down');
  });

  test('prefers the header to the Status', () => {
    const body = { kind: 'Status', details: { retryAfterSeconds: 2 } } as const;
    expect(new ApiStatusError('list events', { status: 429, body, retryAfterMs: 9000 }).retryAfterMs).toBe(9000);
  });

  test('says nothing that acts on a terminal', () => {
    const body = {
      kind: 'Status',
      reason: 'Bad\u001b[2J',
      message: 'a\u001b]0;title\u0007b\u202ec\u009bd\0 e',
    } as const;
    expect(new ApiStatusError('list events', { status: 500, body }).message).toBe(
      'list events: 500 Bad [2J: a ]0;title b c d e',
    );
  });

  test('shortens what is no Status', () => {
    const error = new ApiStatusError('list events', { status: 502, body: `<html>${'x'.repeat(5000)}` });
    expect(error.message).toMatch(/^list events: 502: <html>x+…$/);
    expect(error.message.length).toBeLessThan(600);
  });
});
