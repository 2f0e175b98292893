import { useMatchRoute, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { ObjectName } from '../../../src/api/json/client.ts';
import { type ObjectPlace, placeOf } from './object-address.ts';

/** The object that the address is of; undefined elsewhere. */
export function usePlace(): ObjectPlace | undefined {
  const { kind, namespace, name } = useParams({ strict: false }) as Partial<ObjectName>;
  const isAt = useMatchRoute();
  const isWorkload = isAt({ to: '/objects/workload/$kind/$namespace/$name' }) !== false;
  return useMemo(
    () =>
      kind === undefined || namespace === undefined || name === undefined
        ? undefined
        : placeOf({ kind, namespace, name }, isWorkload),
    [kind, namespace, name, isWorkload],
  );
}
