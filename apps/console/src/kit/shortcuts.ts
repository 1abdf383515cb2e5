import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';
import { readSetting, writeSetting } from './settings.ts';

const SETTING = 'shortcuts';
const listeners = new Set<() => void>();
let isOn = readSetting(SETTING) !== 'off';

/** Whether shortcuts of a single key are on. A speech user may turn them off (WCAG 2.1.4). */
export function useShortcutsAreOn(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => isOn,
  );
}

export function turnShortcuts(next: boolean): void {
  isOn = next;
  writeSetting(SETTING, next ? 'on' : 'off');
  for (const listener of listeners) listener();
}

export type Shortcut = readonly [key: string, action: () => void];

/** Calls the function of a key, unless a text is written or a dialog is open. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const [, shortcut] = shortcuts.find(([key]) => key === event.key) ?? [];
    if (!shortcut || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.length === 1 && !isOn) return;
    if (isWriting(event.target) || document.querySelector('[data-modal]')) return;
    if (event.key === 'Enter' && event.target instanceof Element && event.target.closest('button, a, summary')) return;
    event.preventDefault();
    shortcut();
  });
  useEffect(() => {
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.matches('input:not([type="checkbox"]), textarea, select') || target.isContentEditable;
}
