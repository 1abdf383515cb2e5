import { useId, useRef, useState } from 'react';
import { Icon } from '../kit/icons.tsx';
import { useShortcuts } from '../kit/shortcuts.ts';
import { navigate } from '../routing/location.ts';
import { pathOf, SESSION_PARAMETER } from '../routing/routes.ts';
import { filterDefinition, queryOfFilter } from '../sessions/filter.ts';
import { type SearchTarget, searchTargets } from '../sessions/search.ts';
import { SEARCH } from '../texts.ts';

/** Finds sessions by what people have at hand: a user, a session id, an address, a client. */
export function SearchBox() {
  const [text, setText] = useState('');
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  useShortcuts([['/', () => input.current?.focus()]]);

  const targets = searchTargets(text);
  const chosen = targets[Math.min(active, targets.length - 1)];
  const isShown = isOpen && text.trim() !== '';

  const go = (target: SearchTarget) => {
    setOpen(false);
    setText('');
    input.current?.blur();
    const query =
      target.kind === 'session'
        ? new URLSearchParams({ [SESSION_PARAMETER]: target.id })
        : queryOfFilter({ states: 'all', values: { [target.name]: target.value } });
    navigate(pathOf('sessions'), query);
  };

  return (
    <search className="search">
      <Icon name="search" />
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label={SEARCH.label}
        aria-expanded={isShown && targets.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={isShown && chosen ? `${listId}-${targets.indexOf(chosen)}` : undefined}
        placeholder={SEARCH.placeholder}
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setActive(Math.min(active + 1, targets.length - 1));
          else if (event.key === 'ArrowUp') setActive(Math.max(active - 1, 0));
          else if (event.key === 'Enter' && chosen) go(chosen);
          else if (event.key === 'Escape') {
            if (text === '') input.current?.blur();
            setText('');
          } else return;
          event.preventDefault();
        }}
      />
      {text === '' && <kbd>/</kbd>}
      <div className={isShown ? 'search-list' : 'visually-hidden'}>
        <div role="listbox" id={listId} aria-label={SEARCH.label}>
          {isShown &&
            targets.map((target, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys of a combobox are handled by its input
              <div
                key={target.kind === 'session' ? target.kind : target.name}
                id={`${listId}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={target === chosen}
                className="menu-item"
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => go(target)}
              >
                {target.kind === 'session' ? SEARCH.session : filterDefinition(target.name).label}
                <strong>{target.kind === 'session' ? target.id : target.value}</strong>
              </div>
            ))}
        </div>
        {isShown && noteOf(text, targets) && <p className="search-note">{noteOf(text, targets)}</p>}
      </div>
    </search>
  );
}

function noteOf(text: string, targets: readonly SearchTarget[]): string | null {
  if (targets.some((target) => target.kind === 'session' && target.fromToken)) return SEARCH.token;
  return targets.length === 0 && text.trim().startsWith('ps_') ? SEARCH.partOfToken : null;
}
