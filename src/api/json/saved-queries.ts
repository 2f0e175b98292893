/** Questions that people ask again, kept for all who may read them. */
import * as v from 'valibot';
import { rfc3339 } from '../../core/rfc3339.ts';
import { doneSchema, savedQuerySchema, stateAnswer } from './answers.ts';
import { operation } from './operation.ts';
import { rangeParameters } from './parameters.ts';
import { askForPath } from './path-access.ts';
import { Problem } from './problem.ts';
import { filtersOf } from './question.ts';

const MAX_NAME = 100;

const { tz: _tz, ...query } = rangeParameters;

export const listSavedQueries = operation({
  method: 'GET',
  path: '/saved-queries',
  summary: 'The saved queries, by name.',
  parameters: {},
  answer: stateAnswer(v.array(savedQuerySchema)),
  async run(call) {
    await askForPath(call);
    const queries = await call.context.savedQueries.list();
    return {
      data: queries.map(({ savedAt, cluster, namespace, ...rest }) => ({
        ...rest,
        ...(cluster && { cluster: [...cluster] }),
        ...(namespace && { namespace: [...namespace] }),
        savedAt: rfc3339(savedAt),
      })),
    };
  },
});

export const putSavedQuery = operation({
  method: 'PUT',
  path: '/saved-queries/:name',
  summary: 'Saves a query, in place of the one of that name.',
  parameters: {},
  body: v.strictObject(query),
  answer: stateAnswer(doneSchema),
  async run(call) {
    await askForPath(call);
    const { path, body, context } = call;
    const { name = '' } = path;
    if (name.length > MAX_NAME)
      throw new Problem(400, `found a name of ${name.length} characters, want at most ${MAX_NAME}`);
    filtersOf(body, () => {});
    await context.savedQueries.put({ ...body, name, savedAt: context.now() });
    return { data: {} };
  },
});

export const deleteSavedQuery = operation({
  method: 'DELETE',
  path: '/saved-queries/:name',
  summary: 'Forgets a saved query.',
  parameters: {},
  answer: stateAnswer(doneSchema),
  async run(call) {
    await askForPath(call);
    const { name = '' } = call.path;
    if (!(await call.context.savedQueries.remove(name)))
      throw new Problem(404, `found no saved query ${JSON.stringify(name)}`);
    return { data: {} };
  },
});
