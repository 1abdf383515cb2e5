import { useSyncExternalStore } from 'react';
import { readSetting, writeSetting } from '../kit/settings.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
/** `system` follows the setting of the operating system. */
export type Theme = (typeof THEMES)[number];

const SETTING = 'theme';
const listeners = new Set<() => void>();
let theme: Theme = THEMES.find((one) => one === readSetting(SETTING)) ?? 'system';

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, () => theme);
}

/** The theme that is shown, for what has no style sheet. */
export function useShownTheme(): string | undefined {
  return useSyncExternalStore(subscribe, () => document.documentElement.dataset.theme);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function chooseTheme(next: Theme): void {
  theme = next;
  writeSetting(SETTING, next);
  apply();
}

const dark = matchMedia('(prefers-color-scheme: dark)');

function apply(): void {
  const isDark = theme === 'dark' || (theme === 'system' && dark.matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
  for (const listener of listeners) listener();
}

/** Shows the chosen theme from now on. */
export function startTheme(): void {
  apply();
  dark.addEventListener('change', apply);
}
