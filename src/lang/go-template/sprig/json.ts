/** Sprig's JSON functions: https://masterminds.github.io/sprig/defaults.html */

import type { TemplateFunctions } from '../functions.ts';
import { GoJsonError, marshal, marshalIndent, unmarshal } from '../go-json.ts';
import { ANY, STRING } from '../go-type.ts';
import type { GoValue } from '../value.ts';
import { any, define, string } from './define.ts';

/** What fails yields the fallback. */
function lenient<T>(attempt: () => T, fallback: T): T {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof GoJsonError) return fallback;
    throw error;
  }
}

const indented = (value: GoValue): string => marshalIndent(value, '  ');
const raw = (value: GoValue): string => marshal(value, { escapeHtml: false });
const toRawJson = define([any], STRING, raw);

export const JSON_FUNCTIONS: TemplateFunctions = {
  toJson: define([any], STRING, (value) => lenient(() => marshal(value), '')),
  mustToJson: define([any], STRING, (value) => marshal(value)),
  toPrettyJson: define([any], STRING, (value) => lenient(() => indented(value), '')),
  mustToPrettyJson: define([any], STRING, indented),
  toRawJson,
  mustToRawJson: toRawJson,
  fromJson: define([string], ANY, (text) => lenient(() => unmarshal(text), null)),
  mustFromJson: define([string], ANY, unmarshal),
};
