/** The components whose events the simulated cluster shows, as they name themselves. */
import type { Reporter } from './emission.ts';

/** https://github.com/kubernetes/kubernetes/blob/v1.35.4/cmd/kubelet/app/server.go */
export function kubelet(node: string): Reporter {
  return { component: 'kubelet', host: node, manager: 'kubelet', api: 'v1' };
}

/**
 * A controller of the controller manager. Each gives its own component name in its own file, for instance
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/deployment/deployment_controller.go
 */
export function controller(component: ControllerName): Reporter {
  return { component, manager: 'kube-controller-manager', api: 'v1' };
}

export type ControllerName =
  | 'deployment-controller'
  | 'replicaset-controller'
  | 'job-controller'
  | 'cronjob-controller'
  | 'node-controller'
  | 'taint-eviction-controller'
  | 'horizontal-pod-autoscaler'
  | 'attachdetach-controller'
  | 'persistentvolume-controller';

/** The scheduler writes through events.k8s.io/v1. https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/profile/profile.go */
export const SCHEDULER: Reporter = {
  component: 'default-scheduler',
  host: 'control-plane-1',
  manager: 'kube-scheduler',
  api: 'events.k8s.io/v1',
};

/**
 * A monitor of node-problem-detector; `source` is the monitor's own name.
 * https://github.com/kubernetes/node-problem-detector/blob/v0.8.21/pkg/exporters/k8sexporter/problemclient/problem_client.go
 */
export function nodeProblemDetector(source: 'kernel-monitor' | 'systemd-monitor', node: string): Reporter {
  return { component: source, host: node, manager: 'node-problem-detector', api: 'v1' };
}
