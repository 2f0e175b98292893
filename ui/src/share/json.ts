// As in message/visible-text.ts, but for the joiners that emoji need.
// oxlint-disable-next-line no-control-regex -- those are what is looked for
const HIDDEN =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** JSON for reading: the same value, but nothing in it that cannot be seen. */
export function readableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replaceAll(
    HIDDEN,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
