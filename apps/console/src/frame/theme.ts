import { useSyncExternalStore } from 'react';
import { readSetting, writeSetting } from '../kit/settings.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
/** `system` follows the setting of the operating system. */
export type Theme = (typeof THEMES)[number];

const SETTING = 'theme';
const listeners = new Set<() => void>();
let theme: Theme = THEMES.find((one) => one === readSetting(SETTING)) ?? 'system';

export function useTheme(): Theme {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => theme,
  );
}

export function chooseTheme(next: Theme): void {
  theme = next;
  writeSetting(SETTING, next);
  apply();
  for (const listener of listeners) listener();
}

const dark = matchMedia('(prefers-color-scheme: dark)');

function apply(): void {
  const isDark = theme === 'dark' || (theme === 'system' && dark.matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
}

/** Shows the chosen theme from now on. */
export function startTheme(): void {
  apply();
  dark.addEventListener('change', apply);
}
