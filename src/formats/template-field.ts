/**
 * Settings that are Go templates. What can be known to be wrong with one is found when the configuration is loaded; the
 * engine, 30 MB of it, is loaded where there is one.
 */
import { parsed } from '../config/fields.ts';
import type { GoLocation } from '../lang/go-template/time-zone.ts';
import { lazyModule } from '../util/lazy-module.ts';
import type { CompileTemplate, TemplateContext } from './event-template.ts';

const engine = lazyModule(() => import('./event-template.ts'));

/** What has to be awaited before a template is checked or compiled; `parsed` does so for a setting that names it. */
export const prepareTemplates = engine.load;

/** A setting that is a template. */
export function template(description: string, options: { readonly unset?: string } = {}) {
  return parsed(checkTemplate, description, { ...options, wanted: 'a Go template', prepare: prepareTemplates });
}

/** The setting of the zone that templates print times in. */
export function templateTimezone() {
  return parsed<GoLocation>(
    (name) => engine.get().parseTimezone(name),
    'The time zone in which templates print times.',
    {
      unset: 'that of the process',
      wanted: 'a time zone such as Europe/Berlin or UTC',
      prepare: prepareTemplates,
    },
  );
}

/** The text itself, when it is a template. Throws an AppError when it is not; needs {@link prepareTemplates}. */
export function checkTemplate(source: string): string {
  engine.get().templateCompiler({})('template', source);
  return source;
}

/** Compiles the templates of settings that were loaded, of which there may be none. */
export function templateCompiler(context: TemplateContext): CompileTemplate {
  let compile: CompileTemplate | undefined;
  return (...args) => {
    compile ??= engine.get().templateCompiler(context);
    return compile(...args);
  };
}
