/** Fills a store and answers when it is whole: not in the process that measures, which would collect what that leaves behind. */
import { open } from 'node:fs/promises';
import { frames } from './corpus.ts';
import { chunksOf, openPipeline } from './pipeline.ts';
import { endWithParent } from './temporary.ts';

export interface Filling {
  readonly path: string;
  readonly events: number;
}

endWithParent();
process.on('message', (filling: Filling) => {
  fill(filling).then(
    () => process.send?.({ value: undefined }),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});

async function fill({ path, events }: Filling): Promise<void> {
  const pipeline = await openPipeline(path);
  for (const chunk of chunksOf(frames(events))) await pipeline.push(chunk);
  await pipeline.close();
  // Else the disk is still busy with it while others are measured.
  const file = await open(path, 'r+');
  await file.sync();
  await file.close();
}
