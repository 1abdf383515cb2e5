import { type ComponentType, useEffect, useReducer } from 'react';
import { Skeleton } from './states.tsx';

/** A component whose code is loaded when it is first shown, or before. `Shown` shows it. */
export class Code<Props extends object> {
  readonly #load: () => Promise<{ readonly default: ComponentType<Props> }>;
  #loading: Promise<void> | null = null;
  component: ComponentType<Props> | null = null;
  failure: unknown = null;

  constructor(load: () => Promise<{ readonly default: ComponentType<Props> }>) {
    this.#load = load;
  }

  /** Resolves when `component` or `failure` is set. */
  load(): Promise<void> {
    this.#loading ??= this.#load().then(
      (module) => {
        this.component = module.default;
      },
      (error: unknown) => {
        this.failure = error;
      },
    );
    return this.#loading;
  }
}

/**
 * Shows a component, and a skeleton until it is loaded. React's own `lazy` shows it 300 ms later: after a fallback,
 * `Suspense` waits that long before it shows what has arrived. An error of the load is thrown for `Boundary`.
 */
export function Shown<Props extends object>({ code, props }: { readonly code: Code<Props>; readonly props: Props }) {
  const [, update] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    if (code.component === null) void code.load().then(update);
  }, [code]);
  if (code.failure !== null) throw code.failure;
  const { component: Component } = code;
  return Component ? <Component {...props} /> : <Skeleton />;
}
