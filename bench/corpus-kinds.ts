/** The kinds of events in the corpus: how often each is written anew, by whom, about what, and in which words. */

import type { Random } from '../src/simulator/random.ts';
import type { ControllerName } from '../src/simulator/reporters.ts';
import type { NodeObject } from '../src/simulator/world.ts';

/** What an event may be about and tell of: a pod and what is around it. */
export interface Subject {
  readonly namespace: string;
  readonly workload: string;
  readonly ownerUid: string;
  readonly replicaSet: string;
  readonly pod: string;
  readonly podUid: string;
  readonly node: NodeObject;
  readonly image: string;
  readonly ip: string;
}

export interface Kind {
  /** Of the events that are created, in thousandths or so. */
  readonly share: number;
  readonly type: 'Normal' | 'Warning';
  readonly by: 'kubelet' | 'default-scheduler' | ControllerName;
  readonly about:
    | 'container'
    | 'Pod'
    | 'Node'
    | 'ReplicaSet'
    | 'Deployment'
    | 'StatefulSet'
    | 'DaemonSet'
    | 'Job'
    | 'CronJob'
    | 'HorizontalPodAutoscaler'
    | 'PersistentVolumeClaim';
  readonly apiVersion?: string;
  readonly reason: string;
  readonly message: (subject: Subject, random: Random) => string;
  /** After about so many repetitions the series ends; absent for what is never repeated. */
  readonly repeats?: number;
}

type Message = Kind['message'];

const podOf = ({ pod, namespace }: Subject): string => `${namespace}/${pod}`;
const longPodOf = ({ pod, namespace, podUid }: Subject): string => `${pod}_${namespace}(${podUid})`;
const seconds = (random: Random): string => `${random.int(0, 40)}.${random.int(100, 999)}s`;

function kubelet(
  about: 'container' | 'Pod' | 'Node',
  type: Kind['type'],
  share: number,
  reason: string,
  message: Message,
  repeats?: number,
): Kind {
  return { by: 'kubelet', about, type, share, reason, message, ...(repeats !== undefined && { repeats }) };
}

const KUBELET: readonly Kind[] = [
  kubelet('container', 'Normal', 60, 'Pulling', ({ image }) => `Pulling image "${image}"`, 6),
  kubelet('container', 'Normal', 60, 'Pulled', ({ image }, random) => {
    const took = seconds(random);
    return `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${random.int(4_000_000, 900_000_000)} bytes.`;
  }),
  kubelet(
    'container',
    'Normal',
    70,
    'Pulled',
    ({ image }) => `Container image "${image}" already present on machine`,
    8,
  ),
  kubelet('container', 'Normal', 135, 'Created', ({ workload }) => `Created container: ${workload}`, 8),
  kubelet('container', 'Normal', 135, 'Started', ({ workload }) => `Started container ${workload}`, 8),
  kubelet('container', 'Normal', 80, 'Killing', ({ workload }) => `Stopping container ${workload}`),
  kubelet(
    'container',
    'Normal',
    6,
    'Killing',
    ({ workload }) => `Container ${workload} failed liveness probe, will be restarted`,
    4,
  ),
  kubelet(
    'container',
    'Warning',
    55,
    'BackOff',
    (subject) => `Back-off restarting failed container ${subject.workload} in pod ${longPodOf(subject)}`,
    60,
  ),
  kubelet('container', 'Normal', 14, 'BackOff', ({ image }) => `Back-off pulling image "${image}"`, 40),
  kubelet(
    'container',
    'Warning',
    9,
    'Failed',
    ({ image }) =>
      `Failed to pull image "${image}": rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`,
    10,
  ),
  kubelet('container', 'Warning', 8, 'Failed', () => 'Error: ErrImagePull', 10),
  kubelet('container', 'Warning', 8, 'Failed', () => 'Error: ImagePullBackOff', 30),
  kubelet('container', 'Warning', 3, 'Failed', ({ workload }) => `Error: configmap "${workload}-config" not found`, 20),
  kubelet(
    'container',
    'Warning',
    34,
    'Unhealthy',
    ({ ip }) =>
      `Readiness probe failed: Get "http://${ip}:8080/healthz": dial tcp ${ip}:8080: connect: connection refused`,
    30,
  ),
  kubelet(
    'container',
    'Warning',
    14,
    'Unhealthy',
    ({ ip }) =>
      `Readiness probe failed: Get "http://${ip}:8080/ready": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
    20,
  ),
  kubelet(
    'container',
    'Warning',
    14,
    'Unhealthy',
    () => 'Readiness probe failed: HTTP probe failed with statuscode: 503',
    30,
  ),
  kubelet(
    'container',
    'Warning',
    8,
    'Unhealthy',
    () => 'Liveness probe failed: HTTP probe failed with statuscode: 500',
    10,
  ),
  kubelet(
    'container',
    'Warning',
    4,
    'Unhealthy',
    ({ ip }) => `Startup probe failed: dial tcp ${ip}:9090: connect: connection refused`,
    15,
  ),
  kubelet(
    'container',
    'Warning',
    3,
    'ProbeWarning',
    () => 'Readiness probe warning: Probe terminated redirects, Response body: ""',
    10,
  ),
  kubelet('container', 'Normal', 3, 'Preempting', ({ workload }) => `Preempted container ${workload} to make room`),
  kubelet(
    'Pod',
    'Warning',
    7,
    'FailedMount',
    ({ workload }) => `MountVolume.SetUp failed for volume "config" : configmap "${workload}-config" not found`,
    20,
  ),
  kubelet(
    'Pod',
    'Warning',
    5,
    'FailedMount',
    ({ workload }) => `MountVolume.SetUp failed for volume "tls" : secret "${workload}-tls" not found`,
    20,
  ),
  kubelet(
    'Pod',
    'Warning',
    3,
    'FailedMount',
    () =>
      'Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], failed to process volumes=[]: timed out waiting for the condition',
    8,
  ),
  kubelet(
    'Pod',
    'Warning',
    6,
    'FailedCreatePodSandBox',
    (_, random) =>
      `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "${random.hex(64)}": plugin type="cni" name="cni" failed (add): add cmd: failed to assign an IP address to container`,
    6,
  ),
  kubelet('Pod', 'Normal', 10, 'SandboxChanged', () => 'Pod sandbox changed, it will be killed and re-created.', 4),
  kubelet(
    'Pod',
    'Warning',
    3,
    'FailedKillPod',
    ({ podUid }) =>
      `error killing pod: failed to "KillPodSandbox" for "${podUid}" with KillPodSandboxError: "rpc error: code = DeadlineExceeded desc = context deadline exceeded"`,
    5,
  ),
  kubelet(
    'Pod',
    'Warning',
    4,
    'Evicted',
    ({ workload }, random) =>
      `The node was low on resource: memory. Threshold quantity: 100Mi, available: ${random.int(10_000, 99_000)}Ki. Container ${workload} was using ${random.int(200_000, 4_000_000)}Ki, request is 256Mi, has larger consumption of memory. `,
  ),
  kubelet(
    'Pod',
    'Warning',
    2,
    'ExceededGracePeriod',
    () => 'Container runtime did not kill the pod within specified grace period.',
  ),
  kubelet(
    'Pod',
    'Warning',
    2,
    'DNSConfigForming',
    () =>
      'Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: 10.0.0.2 10.0.0.3 10.0.0.4',
    40,
  ),
  kubelet(
    'Pod',
    'Warning',
    2,
    'NetworkNotReady',
    () =>
      'network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
    8,
  ),
  kubelet(
    'Node',
    'Normal',
    2,
    'NodeHasSufficientMemory',
    ({ node }) => `Node ${node.name} status is now: NodeHasSufficientMemory`,
    3,
  ),
  kubelet(
    'Node',
    'Normal',
    2,
    'NodeHasNoDiskPressure',
    ({ node }) => `Node ${node.name} status is now: NodeHasNoDiskPressure`,
    3,
  ),
  kubelet('Node', 'Normal', 2, 'NodeReady', ({ node }) => `Node ${node.name} status is now: NodeReady`),
  kubelet('Node', 'Warning', 2, 'EvictionThresholdMet', () => 'Attempting to reclaim memory', 8),
  kubelet(
    'Node',
    'Warning',
    2,
    'ImageGCFailed',
    (_, random) =>
      `Failed to garbage collect required amount of images. Attempted to free ${random.int(1e9, 9e9)} bytes, but only found ${random.int(0, 9e8)} bytes eligible to free.`,
    6,
  ),
  kubelet(
    'Node',
    'Warning',
    1,
    'SystemOOM',
    (_, random) => `System OOM encountered, victim process: java, pid: ${random.int(1_000, 4_000_000)}`,
  ),
];

const SCHEDULER: readonly Kind[] = [
  {
    share: 85,
    type: 'Normal',
    by: 'default-scheduler',
    about: 'Pod',
    reason: 'Scheduled',
    message: (subject) => `Successfully assigned ${podOf(subject)} to ${subject.node.name}`,
  },
  {
    share: 16,
    type: 'Warning',
    by: 'default-scheduler',
    about: 'Pod',
    reason: 'FailedScheduling',
    message: (_, random) => {
      const few = random.int(1, 30);
      return `0/500 nodes are available: ${few} node(s) had untolerated taint(s), ${500 - few} Insufficient cpu. preemption: 0/500 nodes are available: ${few} Preemption is not helpful for scheduling, ${500 - few} No preemption victims found for incoming pod.`;
    },
    repeats: 12,
  },
  {
    share: 3,
    type: 'Normal',
    by: 'default-scheduler',
    about: 'Pod',
    reason: 'Preempted',
    message: ({ podUid, node }) => `Preempted by pod ${podUid} on node ${node.name}`,
  },
];

function byController(
  by: ControllerName,
  about: Kind['about'],
  apiVersion: string,
  type: Kind['type'],
  share: number,
  reason: string,
  message: Message,
  repeats?: number,
): Kind {
  return { by, about, apiVersion, type, share, reason, message, ...(repeats !== undefined && { repeats }) };
}

const CONTROLLERS: readonly Kind[] = [
  byController(
    'replicaset-controller',
    'ReplicaSet',
    'apps/v1',
    'Normal',
    60,
    'SuccessfulCreate',
    ({ pod }) => `Created pod: ${pod}`,
  ),
  byController(
    'replicaset-controller',
    'ReplicaSet',
    'apps/v1',
    'Normal',
    45,
    'SuccessfulDelete',
    ({ pod }) => `Deleted pod: ${pod}`,
  ),
  byController(
    'replicaset-controller',
    'ReplicaSet',
    'apps/v1',
    'Warning',
    8,
    'FailedCreate',
    ({ pod, namespace }) =>
      `Error creating: pods "${pod}" is forbidden: exceeded quota: ${namespace}-quota, requested: requests.cpu=500m, used: requests.cpu=20, limited: requests.cpu=20`,
    9,
  ),
  byController(
    'deployment-controller',
    'Deployment',
    'apps/v1',
    'Normal',
    26,
    'ScalingReplicaSet',
    ({ replicaSet }, random) => {
      const size = random.int(1, 12);
      return `Scaled up replica set ${replicaSet} from ${size - 1} to ${size}`;
    },
  ),
  byController(
    'deployment-controller',
    'Deployment',
    'apps/v1',
    'Normal',
    20,
    'ScalingReplicaSet',
    ({ replicaSet }, random) => {
      const size = random.int(1, 12);
      return `Scaled down replica set ${replicaSet} from ${size} to ${size - 1}`;
    },
  ),
  byController(
    'job-controller',
    'Job',
    'batch/v1',
    'Normal',
    14,
    'SuccessfulCreate',
    ({ pod }) => `Created pod: ${pod}`,
  ),
  byController('job-controller', 'Job', 'batch/v1', 'Normal', 14, 'Completed', () => 'Job completed'),
  byController(
    'job-controller',
    'Job',
    'batch/v1',
    'Warning',
    3,
    'BackoffLimitExceeded',
    () => 'Job has reached the specified backoff limit',
  ),
  byController(
    'cronjob-controller',
    'CronJob',
    'batch/v1',
    'Normal',
    12,
    'SuccessfulCreate',
    ({ workload }, random) => `Created job ${workload}-${random.int(28_000_000, 29_999_999)}`,
  ),
  byController(
    'cronjob-controller',
    'CronJob',
    'batch/v1',
    'Normal',
    12,
    'SawCompletedJob',
    ({ workload }, random) =>
      `Saw completed job: ${workload}-${random.int(28_000_000, 29_999_999)}, condition: Complete`,
  ),
  byController(
    'cronjob-controller',
    'CronJob',
    'batch/v1',
    'Normal',
    8,
    'SuccessfulDelete',
    ({ workload }, random) => `Deleted job ${workload}-${random.int(28_000_000, 29_999_999)}`,
  ),
  byController(
    'cronjob-controller',
    'CronJob',
    'batch/v1',
    'Normal',
    2,
    'JobAlreadyActive',
    () => 'Not starting job because prior execution is running and concurrency policy is Forbid',
    9,
  ),
  byController(
    'horizontal-pod-autoscaler',
    'HorizontalPodAutoscaler',
    'autoscaling/v2',
    'Normal',
    14,
    'SuccessfulRescale',
    (_, random) =>
      `New size: ${random.int(1, 40)}; reason: cpu resource utilization (percentage of request) above target`,
  ),
  byController(
    'horizontal-pod-autoscaler',
    'HorizontalPodAutoscaler',
    'autoscaling/v2',
    'Warning',
    6,
    'FailedGetResourceMetric',
    () =>
      'failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API',
    50,
  ),
  byController(
    'horizontal-pod-autoscaler',
    'HorizontalPodAutoscaler',
    'autoscaling/v2',
    'Warning',
    5,
    'FailedComputeMetricsReplicas',
    () =>
      'invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: failed to get cpu utilization: did not receive metrics for targeted pods (pods might be unready)',
    50,
  ),
  byController(
    'node-controller',
    'Node',
    'v1',
    'Normal',
    2,
    'NodeNotReady',
    ({ node }) => `Node ${node.name} status is now: NodeNotReady`,
  ),
  byController('node-controller', 'Pod', 'v1', 'Warning', 4, 'NodeNotReady', () => 'Node is not ready', 3),
  byController(
    'node-controller',
    'Node',
    'v1',
    'Normal',
    1,
    'RemovingNode',
    ({ node }) => `Node ${node.name} event: Removing Node ${node.name} from Controller`,
  ),
  byController(
    'taint-eviction-controller',
    'Pod',
    'v1',
    'Normal',
    5,
    'TaintManagerEviction',
    (subject) => `Marking for deletion Pod ${podOf(subject)}`,
  ),
  byController(
    'attachdetach-controller',
    'Pod',
    'v1',
    'Normal',
    10,
    'SuccessfulAttachVolume',
    ({ podUid }) => `AttachVolume.Attach succeeded for volume "pvc-${podUid}" `,
  ),
  byController(
    'attachdetach-controller',
    'Pod',
    'v1',
    'Warning',
    4,
    'FailedAttachVolume',
    ({ podUid }) =>
      `Multi-Attach error for volume "pvc-${podUid}" Volume is already exclusively attached to one node and can't be attached to another`,
    6,
  ),
  byController(
    'persistentvolume-controller',
    'PersistentVolumeClaim',
    'v1',
    'Normal',
    5,
    'WaitForFirstConsumer',
    () => 'waiting for first consumer to be created before binding',
    12,
  ),
  byController(
    'persistentvolume-controller',
    'PersistentVolumeClaim',
    'v1',
    'Normal',
    5,
    'ExternalProvisioning',
    () =>
      "Waiting for a volume to be created either by the external provisioner 'ebs.csi.aws.com' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.",
    8,
  ),
  byController(
    'persistentvolume-controller',
    'PersistentVolumeClaim',
    'v1',
    'Warning',
    3,
    'ProvisioningFailed',
    () => 'storageclass.storage.k8s.io "fast" not found',
    30,
  ),
];

export const KINDS: readonly Kind[] = [...KUBELET, ...SCHEDULER, ...CONTROLLERS];
