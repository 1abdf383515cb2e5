import { Component, type ReactNode } from 'react';
import { COMMON } from '../texts.ts';
import { Failure } from './states.tsx';

interface BoundaryState {
  readonly error: Error | null;
}

/** Shows an error in place of the part of the page that failed. The rest stays usable. */
export class Boundary extends Component<{ readonly children: ReactNode }, BoundaryState> {
  override state: BoundaryState = { error: null };

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { error: new Error(COMMON.viewFailed, { cause: error }) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    // A new version of the service has other files; the page then has to be loaded again.
    return error ? <Failure error={error} onRetry={() => location.reload()} /> : this.props.children;
  }
}
