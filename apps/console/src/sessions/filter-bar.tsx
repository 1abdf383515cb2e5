import { useState } from 'react';
import { Button, IconButton } from '../kit/button.tsx';
import { Popover } from '../kit/popover.tsx';
import { SESSIONS } from '../texts.ts';
import {
  FILTERS,
  type FilterName,
  filterDefinition,
  hasValues,
  SESSION_STATES,
  type ViewFilter,
  withValue,
} from './filter.ts';
import { FilterInputForm } from './filter-input.tsx';
import { filterText } from './filter-text.ts';

interface FilterBarProps {
  readonly filter: ViewFilter;
  readonly onChange: (filter: ViewFilter) => void;
  /** Filters that are not offered: that of the user in the view of a user. */
  readonly without?: readonly FilterName[];
}

/** Which sessions, a chip for each filter, and `+ Filter`. */
export function FilterBar({ filter, onChange, without = [] }: FilterBarProps) {
  const shown = FILTERS.filter(({ name }) => filter.values[name] !== undefined && !without.includes(name));
  const offered = FILTERS.filter(({ name }) => filter.values[name] === undefined && !without.includes(name));
  return (
    <div className="filter-bar">
      <fieldset className="segments">
        <legend className="visually-hidden">{SESSIONS.statesLabel}</legend>
        {SESSION_STATES.map((states) => (
          <label key={states}>
            <input
              type="radio"
              name="states"
              checked={filter.states === states}
              onChange={() => onChange({ ...filter, states })}
            />
            <span>{SESSIONS.states[states]}</span>
          </label>
        ))}
      </fieldset>
      {shown.map(({ name }) => (
        <Chip key={name} name={name} value={filter.values[name] ?? ''} filter={filter} onChange={onChange} />
      ))}
      <AddFilter names={offered.map(({ name }) => name)} filter={filter} onChange={onChange} />
      {hasValues(filter) && shown.length > 1 && (
        <Button look="quiet" onClick={() => onChange({ states: filter.states, values: {} })}>
          {SESSIONS.clear}
        </Button>
      )}
    </div>
  );
}

interface ChipProps extends Omit<FilterBarProps, 'without'> {
  readonly name: FilterName;
  readonly value: string;
}

function Chip({ name, value, filter, onChange }: ChipProps) {
  const [isOpen, setOpen] = useState(false);
  const { label } = filterDefinition(name);
  return (
    <span className="chip">
      <Popover
        label={label}
        open={isOpen}
        onOpenChange={setOpen}
        trigger={
          <button type="button" className="chip-text">
            {label} <strong>{filterText(name, value)}</strong>
          </button>
        }
      >
        <FilterInputForm
          name={name}
          value={value}
          onApply={(next) => {
            setOpen(false);
            onChange(withValue(filter, name, next));
          }}
        />
      </Popover>
      <IconButton
        icon="close"
        label={SESSIONS.removeFilter(label)}
        onClick={() => onChange(withValue(filter, name, null))}
      />
    </span>
  );
}

interface AddFilterProps extends Omit<FilterBarProps, 'without'> {
  readonly names: readonly FilterName[];
}

function AddFilter({ names, filter, onChange }: AddFilterProps) {
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState<FilterName | null>(null);
  const show = (next: boolean) => {
    setOpen(next);
    setChosen(null);
  };
  return (
    <Popover
      label={SESSIONS.addFilter}
      open={isOpen}
      onOpenChange={show}
      trigger={<Button icon="plus">{SESSIONS.addFilter}</Button>}
    >
      {chosen === null ? (
        <ul>
          {names.map((name) => (
            <li key={name}>
              <button type="button" className="menu-item" onClick={() => setChosen(name)}>
                {filterDefinition(name).label}
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <FilterInputForm
          name={chosen}
          value=""
          onApply={(value) => {
            show(false);
            onChange(withValue(filter, chosen, value));
          }}
        />
      )}
    </Popover>
  );
}
