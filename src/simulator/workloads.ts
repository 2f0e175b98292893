/** What runs in the simulated cluster. */
import type { Workload } from './world.ts';

function deployment(namespace: string, name: string, image = `registry.example.com/${namespace}/${name}`): Workload {
  return { kind: 'Deployment', namespace, name, container: name, image };
}

export const CART = deployment('shop', 'cart');
export const CHECKOUT = deployment('shop', 'checkout');
export const CATALOG = deployment('shop', 'catalog');
export const RECOMMENDATIONS = deployment('shop', 'recommendations');
export const LEDGER = deployment('payments', 'ledger');
export const FRAUD_SCORING = deployment('payments', 'fraud-scoring');
export const INVOICES = deployment('payments', 'invoices');
export const GRAFANA = deployment('monitoring', 'grafana', 'docker.io/grafana/grafana');
export const THUMBNAILS = deployment('media', 'thumbnails');

export const DEPLOYMENTS: readonly Workload[] = [
  CART,
  CHECKOUT,
  CATALOG,
  RECOMMENDATIONS,
  LEDGER,
  FRAUD_SCORING,
  INVOICES,
  GRAFANA,
  THUMBNAILS,
];

export const ORDERS_DATABASE: Workload = {
  kind: 'StatefulSet',
  namespace: 'shop',
  name: 'orders-db',
  container: 'postgres',
  image: 'docker.io/library/postgres',
};

export const RECONCILE: Workload = {
  kind: 'CronJob',
  namespace: 'payments',
  name: 'reconcile',
  container: 'reconcile',
  image: 'registry.example.com/payments/reconcile',
};
