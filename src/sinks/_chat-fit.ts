import type { ChatMessage } from '../formats/chat-message.ts';
import { cutText } from '../formats/cut-text.ts';

/**
 * The message with as much of its text as `fits` allows. Where even the rest is too much, fields and then links are left
 * out, the last first; title and footer have to be cut before.
 */
export function fittingMessage(message: ChatMessage, fits: (candidate: ChatMessage) => boolean): ChatMessage {
  if (fits(message)) return message;
  let rest: ChatMessage = { ...message, text: '' };
  while (!fits(rest) && rest.fields.length > 0) rest = { ...rest, fields: rest.fields.slice(0, -1) };
  while (!fits(rest) && rest.links.length > 0) rest = { ...rest, links: rest.links.slice(0, -1) };
  let [low, high] = [0, message.text.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits({ ...rest, text: cutText(message.text, middle, 'utf16') })) low = middle;
    else high = middle - 1;
  }
  return { ...rest, text: cutText(message.text, low, 'utf16') };
}
