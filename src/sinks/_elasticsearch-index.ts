/**
 * The name of an index, made of an event's time where it holds a date. It is written as Logstash and Beats write it:
 * `events-%{+yyyy.MM.dd}` means the date of the event there, as here. Elasticsearch's own `<events-{now/d}>` means the
 * date on which the server gets it, which puts a late event, and a repeated one, into another index.
 * https://www.elastic.co/docs/reference/logstash/event-dependent-configuration#sprintf
 */

export interface IndexName {
  /** As it is configured. */
  readonly source: string;
  /** The names that it can be, as index templates match them. */
  readonly pattern: string;
  /** For an event that was last seen then, in milliseconds; in UTC. */
  at(time: number): string;
}

const DATE = /%\{\+([^{}]*)\}/g;
// Logstash's older examples write the year as YYYY: https://www.joda.org/joda-time/key_format.html
const FIELDS = /yyyy|YYYY|MM|dd|HH/g;

/** https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-indices-create#operation-indices-create-index */
const NAME = /^(?=.{1,255}$)[a-z0-9][a-z0-9._-]*$/;

/** Undefined for what no index can be called, and for a date in any other field than yyyy, MM, dd and HH. */
export function parseIndexName(source: string): IndexName | undefined {
  const formats = [...source.matchAll(DATE)].map(([, format = '']) => format);
  if (formats.some((format) => !/^[-._]*$/.test(format.replaceAll(FIELDS, '')))) return undefined;
  const at = (time: number): string => {
    const [year, month, day, hour] = new Date(time).toISOString().split(/[-T:]/);
    const values: Readonly<Record<string, string | undefined>> = {
      yyyy: year,
      YYYY: year,
      MM: month,
      dd: day,
      HH: hour,
    };
    return source.replaceAll(DATE, (_, format: string) => format.replaceAll(FIELDS, (field) => values[field] ?? ''));
  };
  if (!NAME.test(at(0))) return undefined;
  return { source, pattern: source.replaceAll(DATE, '*'), at };
}
