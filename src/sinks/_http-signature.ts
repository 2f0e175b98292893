import { createHmac } from 'node:crypto';
import * as v from 'valibot';
import { secret, text } from '../config/fields.ts';

export const signatureConfig = v.pipe(
  v.strictObject({
    secret: secret('The key that the receiver knows as well.'),
    header: v.optional(
      text('The header of the signature.', { pattern: /^[\w-]+$/, wanted: 'the name of a header' }),
      'X-Tidings-Signature',
    ),
  }),
  v.description('A signature by which the receiver knows who sent a request, when, and that nobody changed it.'),
);

/**
 * Signs as Stripe does (https://docs.stripe.com/webhooks#verify-manually); GitHub's webhooks have no time in theirs
 * (https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries). The header is
 *
 *     t=1795255200,v1=5257a869…
 *
 * t: seconds since 1970, of this attempt; v1: in hexadecimal, HMAC-SHA256 with the key's UTF-8 bytes over the digits of t,
 * a full stop and the bytes of the body as they are sent, that is, compressed if they are. A receiver takes the header
 * apart, makes v1 itself, compares both in constant time, and refuses a t that is more than minutes away from its clock:
 * an old request that somebody sends again has an old t.
 */
export function signer(
  { secret: key, header }: v.InferOutput<typeof signatureConfig>,
  now: () => number = Date.now,
): (body: Uint8Array) => Readonly<Record<string, string>> {
  return (body) => {
    const seconds = Math.floor(now() / 1000);
    const signature = createHmac('sha256', key).update(`${seconds}.`).update(body).digest('hex');
    return { [header.toLowerCase()]: `t=${seconds},v1=${signature}` };
  };
}
