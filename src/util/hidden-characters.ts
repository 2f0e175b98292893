/**
 * Characters that are not seen themselves: controls, and what changes the order or the width of others. In a text that
 * anybody may have written they hide what it says. https://www.unicode.org/reports/tr36/#visual_spoofing
 */
export const HIDDEN_CHARACTERS =
  // oxlint-disable-next-line no-control-regex -- those are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** Hidden themselves, they join or part the characters around them: emoji and some scripts are not right without. */
export const JOINERS: ReadonlySet<string> = new Set(['\u200c', '\u200d']);
