/** Events as rows of the table that kubectl prints. */
import { firstSeenAge, lastSeenAge } from '../../core/age.ts';
import type { Event } from '../../core/event.ts';
import { printedCount, printedMessage, printedObject, printedReporter } from '../../core/printed-event.ts';

interface Column {
  readonly name: string;
  readonly type: 'string';
  readonly format: '' | 'name';
  readonly description: string;
  /** Those above 0 are for `-o wide`. */
  readonly priority: 0 | 1;
}

const column = (name: string, priority: 0 | 1, description: string, format: Column['format'] = ''): Column => ({
  name,
  type: 'string',
  format,
  description,
  priority,
});

export const COLUMNS: readonly Column[] = [
  column('Last Seen', 0, 'How long ago it happened last.'),
  column('Type', 0, 'Normal or Warning; others may come.'),
  column('Reason', 0, 'Why, as one word for programs.'),
  column('Object', 0, 'What it is about.'),
  column('Subobject', 1, 'Which part of that object, such as one container of a pod.'),
  column('Source', 1, 'Who reported it, and where that one runs.'),
  column('Message', 0, 'What happened, for people.'),
  column('First Seen', 1, 'How long ago it happened first.'),
  column('Count', 1, 'How often it has happened.'),
  column('Name', 1, 'The name of the event itself.', 'name'),
];

/** A row's cells; ages are those at `now`. */
export function cellsOf(event: Event, now: number): readonly (string | number)[] {
  return [
    lastSeenAge(event, now),
    event.type ?? '',
    event.reason ?? '',
    printedObject(event),
    event.involvedObject.fieldPath ?? '',
    printedReporter(event),
    printedMessage(event),
    firstSeenAge(event, now),
    printedCount(event),
    event.metadata.name ?? '',
  ];
}
