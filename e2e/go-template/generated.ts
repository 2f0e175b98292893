import type { TemplateCase } from './corpus.ts';
export function generated(): TemplateCase[] {
  return [];
}
