import { Message } from '../message/message.tsx';
import { ObjectName } from '../message/name.tsx';
import { SeverityMark } from '../message/severity-mark.tsx';
import { writtenOut } from '../message/visible-text.ts';
import { useClock } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import type { DeadLetter } from './sink-questions.ts';

interface DeadLetterRowProps {
  readonly letter: DeadLetter;
  readonly isChosen: boolean;
  readonly onChoose: (id: number) => void;
}

export function DeadLetterRow({ letter, isChosen, onChoose }: DeadLetterRowProps) {
  const { t } = useTexts();
  const clock = useClock();
  const { id, at, problem, event } = letter;
  const { severity, reason, object, message } = event;
  return (
    <li>
      <input
        type="checkbox"
        aria-label={t('chooseLetter', { reason: writtenOut(reason), name: writtenOut(object.name) })}
        checked={isChosen}
        onChange={() => onChoose(id)}
      />
      <div className="letter">
        <p>
          <SeverityMark severity={severity} />
          <Message text={reason} className="letter-reason" />
          <ObjectName namespace={object.namespace} name={object.name} />
          <span className="quiet">{clock.stamp(Date.parse(at))}</span>
        </p>
        <Message text={problem} className="letter-problem" />
        <Message text={message} className="letter-message" />
      </div>
    </li>
  );
}
