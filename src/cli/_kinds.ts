/**
 * The kinds of Kubernetes by the names people type: kind, plural and short names, as `kubectl api-resources` lists them.
 * The history cannot ask a cluster what it serves, so that custom resources are found by kind, or by a regular plural.
 */

// kind: plural, then short names.
const KINDS: Readonly<Record<string, readonly string[]>> = {
  CertificateSigningRequest: ['certificatesigningrequests', 'csr'],
  ConfigMap: ['configmaps', 'cm'],
  ControllerRevision: ['controllerrevisions'],
  CronJob: ['cronjobs', 'cj'],
  CustomResourceDefinition: ['customresourcedefinitions', 'crd', 'crds'],
  DaemonSet: ['daemonsets', 'ds'],
  Deployment: ['deployments', 'deploy'],
  EndpointSlice: ['endpointslices'],
  Endpoints: ['endpoints', 'ep'],
  HorizontalPodAutoscaler: ['horizontalpodautoscalers', 'hpa'],
  Ingress: ['ingresses', 'ing'],
  IngressClass: ['ingressclasses'],
  Job: ['jobs'],
  Lease: ['leases'],
  LimitRange: ['limitranges', 'limits'],
  Namespace: ['namespaces', 'ns'],
  NetworkPolicy: ['networkpolicies', 'netpol'],
  Node: ['nodes', 'no'],
  PersistentVolume: ['persistentvolumes', 'pv'],
  PersistentVolumeClaim: ['persistentvolumeclaims', 'pvc'],
  Pod: ['pods', 'po'],
  PodDisruptionBudget: ['poddisruptionbudgets', 'pdb'],
  PriorityClass: ['priorityclasses', 'pc'],
  ReplicaSet: ['replicasets', 'rs'],
  ReplicationController: ['replicationcontrollers', 'rc'],
  ResourceQuota: ['resourcequotas', 'quota'],
  Secret: ['secrets'],
  Service: ['services', 'svc'],
  ServiceAccount: ['serviceaccounts', 'sa'],
  StatefulSet: ['statefulsets', 'sts'],
  StorageClass: ['storageclasses', 'sc'],
  VolumeAttachment: ['volumeattachments'],
};

const BY_NAME = new Map(
  Object.entries(KINDS).flatMap(([kind, names]) =>
    [kind.toLowerCase(), ...names].map((name): [string, string] => [name, kind]),
  ),
);

/** The kind that a name such as `po`, `Deployments`, `deployment.apps` or `Certificate` stands for. */
export function kindOf(typed: string): string {
  // kubectl's RESOURCE.VERSION.GROUP and RESOURCE.GROUP: the group does not tell events apart.
  const name = typed.split('.', 1)[0] ?? typed;
  return BY_NAME.get(name.toLowerCase()) ?? singular(name);
}

// A name with a capital is a kind as it stands: Prometheus, Kubernetes.
function singular(name: string): string {
  if (name !== name.toLowerCase() || /(?:[^s]|[isu]s)$/.test(name)) return name;
  if (name.endsWith('ies')) return `${name.slice(0, -3)}y`;
  return /(?:ss|x|ch|sh)es$/.test(name) ? name.slice(0, -2) : name.slice(0, -1);
}
