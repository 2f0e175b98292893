/** A destination of which the test decides what it takes. */
import type { Message } from '../../src/component/message.ts';
import { defineSink, type Outcome, type SinkDefinition } from '../../src/component/sink.ts';
import type { SinkConfig } from '../../src/component/sink-config.ts';

export class ScriptedSink {
  /** What it took, in order, whichever of its openings that was. */
  readonly taken: Message[] = [];
  /** How many are open. */
  open = 0;
  opened = 0;
  answer: (message: Message, signal: AbortSignal) => Outcome | Promise<Outcome> = () => ({ status: 'ok' });
  check: (() => Promise<string>) | undefined;
  readonly definition: SinkDefinition;

  constructor() {
    this.definition = defineSink({
      type: 'memory',
      summary: '',
      delivery: '',
      config: {},
      limits: { maxRecords: 10, maxBytes: 1_000_000 },
      concurrency: 2,
      examples: [],
      create: () => this.#create(),
    });
  }

  get reasons(): readonly string[] {
    return this.taken.map(({ record }) => record.body.reason ?? '');
  }

  /** It as it would be configured. */
  config(options: Partial<SinkConfig> = {}): SinkConfig {
    return {
      name: 'memory',
      definition: this.definition,
      settings: {},
      from: { kind: 'beginning' },
      batch: { records: 10, bytes: 1_000_000 },
      ...options,
    };
  }

  #create() {
    this.open++;
    this.opened++;
    let isOpen = true;
    const { check } = this;
    return {
      encode: (message: Message) => ({ value: message, bytes: 100 }),
      deliver: async (batch: readonly Message[], signal: AbortSignal) => {
        const outcomes: Outcome[] = [];
        for (const message of batch) {
          // As one that sends one after the other: what follows waits, so that the order stays.
          const failed = outcomes.find(({ status }) => status === 'retry');
          const outcome = failed ?? (await this.answer(message, signal));
          if (outcome.status === 'ok') this.taken.push(message);
          outcomes.push(outcome);
        }
        return outcomes;
      },
      close: async () => {
        if (isOpen) this.open--;
        isOpen = false;
      },
      ...(check && { check }),
    };
  }
}
