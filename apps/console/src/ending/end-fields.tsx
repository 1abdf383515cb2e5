import type { GivenReason } from '@pip-sessions/contract/close-reasons';
import { SelectField, TextField } from '../kit/field.tsx';
import { ENDING } from '../texts.ts';

interface EndFieldsProps {
  readonly reason: GivenReason;
  readonly onReason: (reason: GivenReason) => void;
  readonly by: string;
  readonly onBy: (by: string) => void;
}

/** The reason and the note of an end. */
export function EndFields({ reason, onReason, by, onBy }: EndFieldsProps) {
  return (
    <>
      <SelectField
        label={ENDING.reason}
        value={reason}
        options={ENDING.reasons}
        onChoose={(value) => onReason(value === 'closed' ? 'closed' : 'revoked')}
      />
      <TextField
        label={ENDING.note}
        hint={ENDING.noteHint}
        value={by}
        maxLength={255}
        autoComplete="off"
        onChange={(event) => onBy(event.target.value)}
      />
    </>
  );
}
