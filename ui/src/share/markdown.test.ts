import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventRow } from '../api/questions.ts';
import { textsOf } from '../text/texts.ts';
import { clockOf } from '../time/clock.ts';
import { codeSpan, eventMarkdown, fenced, reportMarkdown } from './markdown.ts';

const TEXTS = textsOf('en');
const CLOCK = clockOf('UTC', 'en-GB');

const ROW: EventRow = {
  id: 'u/1',
  uid: 'u',
  cluster: 'prod',
  severity: 'critical',
  type: 'Warning',
  reason: 'BackOff',
  namespace: 'shop',
  object: { kind: 'Pod', namespace: 'shop', name: 'web-0', uid: 'p' },
  node: 'node-1',
  source: 'kubelet',
  first: '2026-03-12T02:18:00.000Z',
  last: '2026-03-12T02:59:00.000Z',
  count: 354,
  delta: 1,
  message: 'Back-off restarting `app`\n<script>alert(1)</script> @all http://evil.test \u202egnp',
  messageBytes: 60,
};

describe('codeSpan', () => {
  test('holds any text on one line, and nothing of it gets out', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', '``', ' ', '\n', 'a', '|', '<'), maxLength: 12 }), (text) => {
        const [, fence = '', inner = ''] = /^(`+)([^]*)\1$/.exec(codeSpan(text)) ?? [];
        expect(codeSpan(text)).not.toContain('\n');
        expect(Array.from(inner.matchAll(/`+/g), ([run]) => run.length)).not.toContain(fence.length);
        expect(inner.trim()).toBe(text.replaceAll(/\s+/g, ' ').trim());
      }),
    );
  });
});

describe('fenced', () => {
  test('is closed by nothing that it holds', () => {
    expect(fenced('a\n````\nb', 'sh')).toBe('`````sh\na\n````\nb\n`````');
  });
});

describe('reportMarkdown', () => {
  const gap = { from: '2026-03-12T02:00:00Z', to: '2026-03-12T02:17:00Z', cause: 'server-down' };
  const report = {
    about: 'Deployment shop/web',
    q: 'namespace:shop workload:web',
    answer: {
      range: { from: '2026-03-12T01:00:00.000Z', to: '2026-03-12T03:00:00.000Z' },
      coverage: { share: 0.858, gaps: [gap] },
      lowerBound: true,
    },
    total: 354,
    reasons: [
      { reason: 'BackOff', occurrences: 350 },
      { reason: null, occurrences: 4 },
    ],
    rows: [ROW],
    hasMore: true,
    link: 'https://tidings.example/explore?q=x',
    command: 'tidings get events -A',
  };

  test('tells what happened, whether anybody looked, and how to see it again', () => {
    expect(reportMarkdown(report, TEXTS, CLOCK)).toBe(`## \`Deployment shop/web\`

- \`2026-03-12T01:00:00.000Z\` – \`2026-03-12T03:00:00.000Z\` (UTC)
- \`namespace:shop workload:web\`
- ≥ 354 occurrences
- Watched 85.8% · 1 gap, 17m not watched
  - Thu 12 Mar 02:00 – 02:17: \`server-down\`
- <https://tidings.example/explore?q=x>

### Occurrences by reason

- ≥350 \`BackOff\`
- ≥4 other

### Story

- Thu 12 Mar 02:59:00 \`BackOff\` ×354 \`Pod shop/web-0\`: \`\`Back-off restarting \`app\` <script>alert(1)</script> @all http://evil.test U+202Egnp\`\`
- and others, which are not listed here

\`\`\`sh
tidings get events -A
\`\`\`
`);
  });

  test('tells what was counted in full from what is the least it can be, and how far back that goes', () => {
    const whole = { ...report, answer: { ...report.answer, lowerBound: false } };
    const text = reportMarkdown(whole, TEXTS, CLOCK);
    expect(text).toContain('\n- 354 occurrences\n');
    expect(text).toContain('\n- ×350 `BackOff`\n- ×4 other\n');
    const cut = { ...report, answer: { ...report.answer, leftOut: { before: '2026-03-12T02:30:00.000Z' } } };
    expect(reportMarkdown(cut, TEXTS, CLOCK)).toContain(
      '\n- ≥ 354 occurrences\n- Shown back to Thu 12 Mar 02:30:00, then the time for an answer was up\n',
    );
  });
});

describe('eventMarkdown', () => {
  test('has the message as it was written, where it does nothing', () => {
    const event = { ...ROW, received: ROW.last, origin: 'watch' as const, raw: {}, revisions: [] };
    const text = eventMarkdown(event, { link: 'https://t/', command: 'tidings get events -A' }, TEXTS, CLOCK);
    expect(text).toContain('## `BackOff` – `Pod shop/web-0`\n\n```\nBack-off restarting `app`\n<script>');
    expect(text).toContain('- Last seen: Thu 12 Mar 02:59:00 (`2026-03-12T02:59:00.000Z`)\n');
    expect(text).toContain('- Severity: critical\n');
  });
});
