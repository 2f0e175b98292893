/**
 * What a component of the cluster says to its event recorder, before the recorder aggregates, counts and drops. A
 * scenario is a story told in emissions.
 */
import type { ObjectReference } from '../core/event.ts';
import type { World } from './world.ts';

/** A component that records events, with the API it writes them through. */
export interface Reporter {
  readonly component: string;
  /** The machine it names as its own: a kubelet's node, the scheduler's host. */
  readonly host?: string;
  /** The program's name, as `managedFields` shows it. */
  readonly manager: string;
  readonly api: 'v1' | 'events.k8s.io/v1';
}

export interface Emission {
  /** Simulated milliseconds after the emission before it in the same story. */
  readonly afterMs: number;
  readonly by: Reporter;
  readonly about: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Only components on events.k8s.io/v1 give these two. */
  readonly action?: string;
  readonly related?: ObjectReference;
}

/** Goes round for ever, with pauses. */
export type Scenario = (world: World) => Generator<Emission, never>;
