import { rfc3339 } from '../../core/rfc3339.ts';
import { stateAnswer } from './answers.ts';
import { revisionAsked } from './list-events.ts';
import { operation } from './operation.ts';
import { recordDeliveriesSchema } from './sink-answers.ts';
import { permittedToSinks } from './sinks.ts';

export const listRecordDeliveries = operation({
  method: 'GET',
  path: '/events/:uid/:resourceVersion/deliveries',
  summary: 'What is known of one revision at each sink; takes the right to see the event, and sinks.',
  parameters: {},
  answer: stateAnswer(recordDeliveriesSchema),
  async run(call) {
    const { stored } = await revisionAsked(call);
    const deliveries = await (await permittedToSinks(call)).deliveriesOf(stored);
    return {
      data: deliveries.map(({ failure, ...delivery }) => ({
        ...delivery,
        ...(failure && { failure: { ...failure, at: rfc3339(failure.at) } }),
      })),
    };
  },
});
