/**
 * Go templates over records, as settings hold them: with sprig's functions, and with the event as
 * kubernetes-event-exporter hands it to templates, so that its layouts work here too. docs/reference/formats.md is the
 * contract.
 */
import type { Message } from '../component/message.ts';
import { AppError, messageOf } from '../core/errors.ts';
import { countOf } from '../core/event.ts';
import { rfc3339 } from '../core/rfc3339.ts';
import { firstSeen } from '../core/time.ts';
import { eventValue } from '../lang/go-template/event-value.ts';
import { ANY_MAP, STRING_MAP } from '../lang/go-template/go-type.ts';
import { sprigFunctions } from '../lang/go-template/sprig/sprig.ts';
import { parseTemplate } from '../lang/go-template/template.ts';
import { type GoLocation, loadLocation } from '../lang/go-template/time-zone.ts';
import { GoError, GoMap, type GoValue } from '../lang/go-template/value.ts';

export interface EventTemplate {
  /** Throws what the template fails with. */
  readonly render: (message: Message) => string;
  /** It may read labels, annotations, owners or the deletion of the involved object. */
  readonly needsObject: boolean;
}

export interface TemplateContext {
  /** What `env` sees. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Absent: the zone of the process. */
  readonly timezone?: GoLocation;
}

/** Compiles templates that go by the same clock. Throws an AppError: `name` is what its message calls the template. */
export type CompileTemplate = (name: string, source: string, escape?: (printed: string) => string) => EventTemplate;

export function templateCompiler({ env = {}, timezone }: TemplateContext): CompileTemplate {
  const zone = timezone && { timezone };
  let current: Message | undefined;
  const functions = {
    ...sprigFunctions({ environment: env, ...zone }),
    tidings: { params: [], result: ANY_MAP, call: () => (current ? envelopeOf(current) : null) },
  };
  return (name, source, escape) => {
    const template = orInvalid(() => parseTemplate(name, source, { functions, ...(escape && { escape }) }));
    return {
      needsObject: mayReadObject(source),
      render(message) {
        const { record, object } = message;
        const looked = object && {
          object: {
            ...object,
            ownerReferences: (object.ownerReferences ?? object.owners).map((owner) => ({ ...owner })),
          },
        };
        const dot = eventValue(record.body, { clusterName: record.cluster, ...looked, ...zone });
        current = message;
        try {
          // Bytes that are no UTF-8 are in the output as lone surrogates.
          return template.execute(dot).toWellFormed();
        } finally {
          current = undefined;
        }
      },
    };
  };
}

/** Undefined for what is no zone. */
export function parseTimezone(name: string): GoLocation | undefined {
  try {
    return name === '' ? undefined : loadLocation(name);
  } catch (error) {
    if (error instanceof GoError) return undefined;
    throw error;
  }
}

function orInvalid<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new AppError('CONFIG_INVALID', messageOf(error), { cause: error });
  }
}

/** What the function `tidings` answers: what is known of the record beyond the event, by the names of our own JSON. */
function envelopeOf({ record, key, occurrences, folded, labels }: Message): GoValue {
  const { cluster, epoch, origin, news, receivedAt, time, body } = record;
  return new GoMap(ANY_MAP, [
    ['key', key],
    ['cluster', cluster],
    ['epoch', integer(epoch)],
    ['origin', origin],
    ['news', news],
    ['receivedAt', rfc3339(receivedAt)],
    ['firstSeen', rfc3339(firstSeen(body) ?? receivedAt)],
    ['lastSeen', rfc3339(time)],
    ['count', integer(countOf(body))],
    ['occurrences', integer(occurrences)],
    ['folded', integer(folded)],
    ['labels', new GoMap(STRING_MAP, Object.entries(labels))],
  ]);
}

function integer(value: number): bigint {
  return BigInt(Number.isFinite(value) ? Math.trunc(value) : 0);
}

/** What an event itself says of its object. */
const REFERENCE = 'Kind|Namespace|Name|UID|APIVersion|ResourceVersion|FieldPath';
// Another field of the object, or the object as a whole; the event as a whole, as `.`, as `$` or by a method.
const OBJECT = new RegExp(
  `\\.InvolvedObject\\b(?!\\.(?:${REFERENCE})\\b)|(?:^|[\\s({|=,-])\\.(?![\\w.])|\\$(?![\\w.])|\\.(?:ToJSON|DeDot|String)\\b`,
);

/** Whether a template may read what is to be looked up of the object. It is looked up in vain now and then, never too little. */
function mayReadObject(source: string): boolean {
  const start = source.indexOf('{{');
  return start >= 0 && OBJECT.test(source.slice(start));
}
