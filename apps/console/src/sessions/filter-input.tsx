import { type FormEvent, useState } from 'react';
import { Button } from '../kit/button.tsx';
import { TextField } from '../kit/field.tsx';
import { SESSIONS } from '../texts.ts';
import { type FilterName, filterDefinition, isFilterValue, SPANS, spanParts } from './filter.ts';
import { filterText } from './filter-text.ts';

interface FilterInputProps {
  readonly name: FilterName;
  readonly value: string;
  readonly onApply: (value: string) => void;
}

/** The input of one filter: a text, a choice, or a time as a time span or exactly. */
export function FilterInputForm({ name, value, onApply }: FilterInputProps) {
  const { label, input } = filterDefinition(name);
  if (input.kind === 'choice') return <Choices label={label} values={input.values} value={value} onApply={onApply} />;
  if (input.kind === 'time') return <TimeInput name={name} value={value} onApply={onApply} />;
  const apply = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const next = String(new FormData(event.currentTarget).get('value')).trim();
    if (isFilterValue(name, next)) onApply(next);
  };
  return (
    <form className="filter-form" onSubmit={apply}>
      <TextField
        label={label}
        name="value"
        defaultValue={value}
        placeholder={input.example}
        maxLength={4_096}
        spellCheck={false}
        autoComplete="off"
        autoFocus
      />
      <Button look="primary" type="submit">
        {SESSIONS.apply}
      </Button>
    </form>
  );
}

interface ChoicesProps extends Omit<FilterInputProps, 'name'> {
  readonly label: string;
  readonly values: readonly string[];
}

function Choices({ label, values, value, onApply }: ChoicesProps) {
  return (
    <>
      <p className="menu-head">{label}</p>
      <ul>
        {values.map((one) => (
          <li key={one}>
            <button
              type="button"
              className="menu-item"
              aria-current={one === value ? true : undefined}
              onClick={() => onApply(one)}
            >
              {one}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function TimeInput({ name, value, onApply }: FilterInputProps) {
  const { label } = filterDefinition(name);
  const [exact, setExact] = useState(() => (value !== '' && spanParts(value) === null ? localTime(value) : ''));
  return (
    <form
      className="filter-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (exact !== '') onApply(new Date(exact).toISOString());
      }}
    >
      <p className="menu-head">{label}</p>
      <ul>
        {SPANS.map((span) => (
          <li key={span}>
            <button
              type="button"
              className="menu-item"
              aria-current={span === value ? true : undefined}
              onClick={() => onApply(span)}
            >
              {filterText(name, span)}
            </button>
          </li>
        ))}
      </ul>
      <TextField
        label={SESSIONS.exactTime}
        type="datetime-local"
        step="1"
        value={exact}
        onChange={(event) => setExact(event.target.value)}
      />
      <Button look="primary" type="submit" blocked={exact === '' ? SESSIONS.anyTime : undefined}>
        {SESSIONS.apply}
      </Button>
    </form>
  );
}

/** A time as an input of the type `datetime-local` has it: in the zone of the reader. */
function localTime(time: string): string {
  const date = new Date(time);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
