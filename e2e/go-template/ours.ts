/** Renders a template as the Go program of this folder does, with our engine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from '../../src/core/event.ts';
import { eventValue, type InvolvedObject } from '../../src/lang/go-template/event-value.ts';
import { toBytes } from '../../src/lang/go-template/go-string.ts';
import { sprigFunctions } from '../../src/lang/go-template/sprig/sprig.ts';
import { parseTemplate } from '../../src/lang/go-template/template.ts';
import { TemplateError } from '../../src/lang/go-template/template-error.ts';
import { loadLocation } from '../../src/lang/go-template/time-zone.ts';
import { fromJson, type GoValue, pointerTo } from '../../src/lang/go-template/value.ts';
import { kinds } from './kinds.ts';

export const CASES_FILE = join(import.meta.dirname, 'cases.json');

interface EventCase extends Event {
  readonly clusterName?: string;
  readonly involvedObject: Event['involvedObject'] & InvolvedObject;
}

const CASES = JSON.parse(readFileSync(CASES_FILE, 'utf8')) as {
  readonly events: Readonly<Record<string, EventCase>>;
  readonly json: Readonly<Record<string, unknown>>;
};

function dataOf(name: string): GoValue {
  if (name === 'none') return null;
  if (name === 'kinds') return pointerTo(kinds());
  if (name === 'kindsValue') return kinds();
  const event = CASES.events[name];
  if (event === undefined) return fromJson(CASES.json[name]);
  const { clusterName = '', ...fields } = event;
  return eventValue(fields, { clusterName, object: fields.involvedObject, timezone });
}

export type Outcome = { readonly output: Buffer } | { readonly error: string };

/** What both programs find in their environment. */
export const ENVIRONMENT = { GREETING: 'hello', EMPTY: '' };

/** And what they take for local time: one with summer time. */
export const TIMEZONE = 'Europe/Berlin';

const timezone = loadLocation(TIMEZONE);
const functions = sprigFunctions({ environment: ENVIRONMENT, timezone });

/** Anything but a TemplateError is a fault of ours. */
export function render(text: string, data: string): Outcome {
  try {
    return { output: Buffer.from(toBytes(parseTemplate('template', text, { functions }).execute(dataOf(data)))) };
  } catch (error) {
    if (error instanceof TemplateError) return { error: error.message };
    return { error: `not a template error: ${error instanceof Error ? error.stack : String(error)}` };
  }
}
