import { useQuery } from '@tanstack/react-query';
import { tidings } from '../api/tidings.ts';

export function Explore() {
  const meta = useQuery({ queryKey: ['meta'], queryFn: ({ signal }) => tidings.meta({}, { signal }) });
  return <p>{meta.data?.data.version}</p>;
}
