import { useRef } from 'react';
import { Icon } from '../shell/icon.tsx';
import { useSheet } from '../shell/use-sheet.ts';
import { useTexts } from '../text/language.ts';
import { Facets } from './facets.tsx';
import './facets.css';

interface FacetSheetProps {
  /** On a phone, where it covers the view. */
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Facets beside a view, on a phone in front of it. */
export function FacetSheet({ isOpen, onClose }: FacetSheetProps) {
  const { t } = useTexts();
  const sheet = useRef<HTMLDivElement>(null);
  useSheet(sheet, isOpen, onClose);
  return (
    <div className="facets" data-open={isOpen} ref={sheet}>
      <div className="sheet-head">
        <h2>{t('filters')}</h2>
        <button type="button" className="icon-button" aria-label={t('close')} onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <Facets />
    </div>
  );
}
