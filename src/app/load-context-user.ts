export { loadContextUser } from '../sources/kubernetes/kubeconfig.ts';
