/**
 * A value of JSON whose texts are templates, as layouts of kubernetes-event-exporter are. In difference to them numbers,
 * flags and null stay what they are, and keys their order.
 */
import type { Message } from '../component/message.ts';
import { AppError } from '../core/errors.ts';
import type { CompileTemplate, EventTemplate } from './event-template.ts';
import { checkTemplate } from './template-field.ts';

/** The layout filled in is one line of JSON. Throws an AppError. */
export function compileLayout(layout: unknown, compile: CompileTemplate): EventTemplate {
  const templates: EventTemplate[] = [];
  const visit = (value: unknown, name: string): ((message: Message) => string) => {
    if (Array.isArray(value)) {
      const items = value.map((item: unknown, index) => visit(item, `${name}[${index}]`));
      return (message) => `[${items.map((item) => item(message)).join(',')}]`;
    }
    if (typeof value === 'object' && value !== null) {
      const members = Object.entries(value).map(
        ([key, member]) => [`${JSON.stringify(key)}:`, visit(member, `${name}.${key}`)] as const,
      );
      return (message) => `{${members.map(([key, member]) => key + member(message)).join(',')}}`;
    }
    if (typeof value !== 'string' || !value.includes('{{')) {
      const written = JSON.stringify(value);
      return () => written;
    }
    const template = compile(name, value);
    templates.push(template);
    return (message) => JSON.stringify(template.render(message));
  };
  const render = visit(layout, 'layout');
  return { render, needsObject: templates.some(({ needsObject }) => needsObject) };
}

/** What is wrong with the templates of a layout, by the path of each. Needs `prepareTemplates`. */
export function* layoutProblems(
  value: unknown,
  path: readonly (string | number)[] = [],
): Generator<{ readonly path: readonly (string | number)[]; readonly message: string }> {
  if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      yield* layoutProblems(member, [...path, Array.isArray(value) ? Number(key) : key]);
    }
  } else if (typeof value === 'string') {
    const message = problemOf(value);
    if (message !== undefined) yield { path, message };
  }
}

function problemOf(source: string): string | undefined {
  try {
    checkTemplate(source);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}
