import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { revision } from '../../test/contract/event-arbitrary.ts';
import { messages } from '../../test/helpers/message-arbitrary.ts';
import { messageOf } from '../../test/helpers/open-sink.ts';
import { templateCompiler } from './event-template.ts';
import { compileLayout, layoutProblems } from './layout.ts';
import { prepareTemplates } from './template-field.ts';

const message = messageOf(revision({ event: 1, resourceVersion: 7, second: 600, count: 3, object: 1 }));
const compile = templateCompiler({});

describe('compileLayout', () => {
  it('fills in the texts that are templates, and leaves the rest as it is', () => {
    const layout = {
      z: '{{ .Reason }}',
      a: [1, true, null, 2.5, 'plain', { '{{ key }}': '{{ .Count }}' }],
      'quote"': '{{ printf "%q" .Type }}',
      empty: { map: {}, list: [] },
    };
    expect(compileLayout(layout, compile).render(message)).toBe(
      '{"z":"BackOff","a":[1,true,null,2.5,"plain",{"{{ key }}":"3"}],"quote\\"":"\\"Warning\\"","empty":{"map":{},"list":[]}}',
    );
  });

  it('is JSON in one line whatever is in the message', () => {
    const { render } = compileLayout({ reason: '{{ .Reason }}', list: ['{{ .Message }}', '{{ toJson . }}'] }, compile);
    fc.assert(
      fc.property(messages, (any) => {
        const written = render(any);
        expect(written).not.toMatch(/[\r\n]/);
        const { reason } = JSON.parse(written) as { reason: string };
        expect(reason).toBe((any.record.body.reason ?? '').toWellFormed());
      }),
      { numRuns: 50 },
    );
  });

  it('writes any value without templates as JSON does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!JSON.stringify(value).includes('{{'));
        expect(compileLayout(value, compile).render(message)).toBe(JSON.stringify(value));
      }),
    );
  });

  it('needs the object when one of its templates does', () => {
    expect(compileLayout({ a: '{{ .Reason }}', b: [1] }, compile).needsObject).toBe(false);
    expect(compileLayout({ a: ['{{ .InvolvedObject.Labels.app }}'] }, compile).needsObject).toBe(true);
  });
});

describe('layoutProblems', () => {
  it('says where each template is that cannot be parsed', async () => {
    await prepareTemplates();
    const problems = [
      ...layoutProblems({ good: '{{ .Reason }}', bad: ['x', { worse: '{{ nope }}' }], open: '{{ if }' }),
    ];
    expect(problems.map(({ path }) => path)).toEqual([['bad', 1, 'worse'], ['open']]);
    expect(problems[0]?.message).toContain('function "nope" not defined');
  });
});
