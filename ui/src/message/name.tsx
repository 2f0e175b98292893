import { VisibleText } from './message.tsx';
import { nameEnds, writtenOut } from './visible-text.ts';

/** A name that loses its middle where there is no room: both its ends tell. */
export function Name({ name }: { readonly name: string }) {
  const [start, end] = nameEnds(name);
  return (
    <bdi className="name" title={writtenOut(name)}>
      <span>
        <VisibleText text={start} />
      </span>
      {end !== '' && (
        <span>
          <VisibleText text={end} />
        </span>
      )}
    </bdi>
  );
}

/** Where it is and what it is called. */
export function ObjectName({ namespace, name }: { readonly namespace: string; readonly name: string }) {
  return (
    <span className="object-name">
      {namespace !== '' && (
        <small>
          <bdi>
            <VisibleText text={namespace} />
          </bdi>
          /
        </small>
      )}
      <Name name={name} />
    </span>
  );
}
