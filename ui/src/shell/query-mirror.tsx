import { isShortFormKey, termsOf } from '../../../src/lang/short-form-terms.ts';
import { isCel } from '../query/rewrite.ts';

/** The same text behind an input that shows none: how it is understood, in colours. */
export function QueryMirror({ query, scroll }: { readonly query: string; readonly scroll: number }) {
  return (
    <div className="query-mirror" aria-hidden="true">
      <span style={{ transform: `translateX(${-scroll}px)` }}>
        {isCel(query) ? celParts(query) : shortFormParts(query)}
      </span>
    </div>
  );
}

function celParts(query: string) {
  return (
    <>
      <span className="mirror-field">=</span>
      {query.slice(1)}
    </>
  );
}

function shortFormParts(query: string) {
  const terms = termsOf(query);
  return terms.map(({ start, end, isNegated, key, valuesAt }, index) => {
    const valueClass = isNegated ? 'mirror-negated' : '';
    const isKnown = key !== undefined && isShortFormKey(key);
    const field = isNegated ? 'mirror-negated' : isKnown ? 'mirror-field' : 'mirror-unknown';
    return (
      <span key={start}>
        {query.slice(terms[index - 1]?.end ?? 0, start)}
        {key !== undefined && (
          <span className={isKnown ? field : 'mirror-unknown'}>{query.slice(start, valuesAt)}</span>
        )}
        <span className={valueClass}>{query.slice(key === undefined ? start : valuesAt, end)}</span>
      </span>
    );
  });
}
