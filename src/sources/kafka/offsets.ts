/** How far each partition of a topic is done: everything before that place is durable, or was skipped. */
export class Offsets {
  #partitions = new Map<number, Progress>();

  /** A record was taken from there. Call the answer once it is durable; the order is that of the partition. */
  taken(partition: number, offset: bigint): () => void {
    const progress = this.#at(partition);
    progress.open++;
    progress.next = offset + 1n;
    return () => {
      progress.open--;
      progress.done = progress.open === 0 ? progress.next : offset + 1n;
    };
  }

  /** Nothing can be made of what is there. */
  skipped(partition: number, offset: bigint): void {
    const progress = this.#at(partition);
    progress.next = offset + 1n;
    if (progress.open === 0) progress.done = progress.next;
  }

  /** What has become done since it was asked last: the offset to go on from, by partition. */
  takeDone(): ReadonlyMap<number, bigint> {
    const done = new Map<number, bigint>();
    for (const [partition, progress] of this.#partitions) {
      if (progress.done !== undefined) done.set(partition, progress.done);
      progress.done = undefined;
    }
    return done;
  }

  /** The partitions may belong to others now: what is open is no longer ours to say. */
  forget(): void {
    this.#partitions = new Map();
  }

  #at(partition: number): Progress {
    let progress = this.#partitions.get(partition);
    if (!progress) {
      progress = { next: 0n, open: 0, done: undefined };
      this.#partitions.set(partition, progress);
    }
    return progress;
  }
}

interface Progress {
  /** After the last that was read. */
  next: bigint;
  /** Taken and not durable yet. */
  open: number;
  done: bigint | undefined;
}
