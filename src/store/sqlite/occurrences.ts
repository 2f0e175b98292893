export { countOf as occurrencesOf } from '../../core/event.ts';
