/**
 * Writes each record as one line to the standard output of the program.
 * A line that was written is delivered: whoever reads it may see it again after a crash, by its key.
 */
import { defineSink, type Outcome } from '../component/sink.ts';
import { createTextFormat, textFormatConfig } from '../formats/text-format.ts';
import { writeToStandardOutput } from './_standard-output.ts';

const OK: Outcome = { status: 'ok' };

export const stdoutSink = defineSink({
  type: 'stdout',
  summary: 'Writes each record as a line to standard output.',
  delivery: 'In the order of the log. After a crash the last lines may be written again.',
  config: textFormatConfig,
  limits: { maxRecords: 500, maxBytes: 1024 * 1024 },
  concurrency: 1,
  examples: [{ title: 'The events as lines of JSON', config: 'format: kubernetes\n' }],
  create(config, context) {
    const format = createTextFormat(config, context);
    return {
      ...(format.needs && { needs: format.needs }),
      encode(message) {
        const value = `${format.text(message)}\n`;
        return { value, bytes: value.length };
      },
      async deliver(batch) {
        await writeToStandardOutput(batch.join(''));
        return batch.map(() => OK);
      },
      async close() {},
    };
  },
});
