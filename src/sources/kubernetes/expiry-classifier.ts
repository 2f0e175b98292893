/**
 * Tells events that expired from events that somebody deleted: a watch shows both as DELETED.
 *
 * The API server gives every write of an event, updates included, a fresh lease of its TTL, or up to 5 % (at most 60 s)
 * more, because leases are shared. So what expires goes at one age, counted from its last write, and nothing goes later.
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/registry/core/event/storage/storage.go (TTLFunc)
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/staging/src/k8s.io/apiserver/pkg/storage/etcd3/store.go (ttlOpts)
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/staging/src/k8s.io/apiserver/pkg/storage/etcd3/lease_manager.go
 *
 * Where the TTL is not configured, it is learned from the ages seen, which contain the skew between the clocks too.
 */

export type DeleteClass = 'expired' | 'deleted' | 'unclassified';

/** Ages are counted in bands, each this much wider than the one before. */
const BAND_RATIO = 1.1;
const BANDS = 180;
/** A TTL is believed after this many ages, of which most lie together, and few beyond. */
const ENOUGH = 30;
const MOST = 0.5;
const FEW = 0.1;
/** At this many ages all counts are halved, so that a changed TTL is learned anew. */
const FORGET_AT = 1_000;
/** How much younger than the TTL an expired event may look: clocks differ, timestamps have whole seconds. */
const TOLERANCE = 0.05;
const MIN_TOLERANCE_MS = 5_000;

export class ExpiryClassifier {
  readonly #configuredTtlMs: number | undefined;
  readonly #counts = new Float64Array(BANDS);
  readonly #countedIn = new Float64Array(BANDS);
  #total = 0;
  #learnedTtlMs: number | undefined;

  constructor(configuredTtlMs?: number) {
    this.#configuredTtlMs = configuredTtlMs;
  }

  /** The TTL as configured, else as learned so far: the age from which on a DELETED is expiry. */
  get ttlMs(): number | undefined {
    return this.#configuredTtlMs ?? this.#learnedTtlMs;
  }

  /** What a DELETED frame received at `receivedAt` means for an event last written at `lastSeen`, both in milliseconds. */
  classify(receivedAt: number, lastSeen: number | undefined): DeleteClass {
    if (lastSeen === undefined) return 'unclassified';
    const ageMs = Math.max(0, receivedAt - lastSeen);
    if (this.#configuredTtlMs === undefined) this.#learn(ageMs, receivedAt);
    const ttlMs = this.ttlMs;
    if (ttlMs === undefined) return 'unclassified';
    return ageMs >= ttlMs - Math.max(MIN_TOLERANCE_MS, ttlMs * TOLERANCE) ? 'expired' : 'deleted';
  }

  #learn(ageMs: number, receivedAt: number): void {
    const band = bandOf(ageMs);
    // A namespace that is deleted takes many events of one age with it at once: that is one sighting of the age.
    const second = Math.floor(receivedAt / 1000);
    if (this.#countedIn[band] === second) return;
    this.#countedIn[band] = second;
    this.#counts[band] = countAt(this.#counts, band) + 1;
    this.#total++;
    this.#learnedTtlMs = this.#total < ENOUGH ? undefined : this.#estimate();
    if (this.#total >= FORGET_AT) this.#forget();
  }

  /** The lower edge of the two neighbouring bands that hold most of the ages, if hardly any is beyond them. */
  #estimate(): number | undefined {
    let beyond = 0;
    for (let band = BANDS - 2; band >= 0 && beyond <= this.#total * FEW; band--) {
      if (countAt(this.#counts, band) + countAt(this.#counts, band + 1) > this.#total * MOST) return lowerEdgeMs(band);
      beyond += countAt(this.#counts, band + 1);
    }
    return undefined;
  }

  #forget(): void {
    this.#total = 0;
    for (let band = 0; band < BANDS; band++) {
      this.#counts[band] = countAt(this.#counts, band) / 2;
      this.#total += countAt(this.#counts, band);
    }
  }
}

function countAt(counts: Float64Array, band: number): number {
  return counts[band] ?? 0;
}

function bandOf(ageMs: number): number {
  const band = Math.floor(Math.log(Math.max(1, ageMs / 1000)) / Math.log(BAND_RATIO));
  return Math.min(BANDS - 1, band);
}

function lowerEdgeMs(band: number): number {
  return 1000 * BAND_RATIO ** band;
}
