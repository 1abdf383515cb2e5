import { useEffect, useRef, useState } from 'react';
import { type EndOptions, endSession, endSessions } from '../api/commands.ts';
import { type EndProgress, type EndTarget, endInSteps } from './bulk-end.ts';

export interface EndRunState {
  readonly state: 'idle' | 'running' | 'stopped' | 'failed' | 'done';
  readonly progress: EndProgress;
  readonly error: unknown;
  readonly start: (target: EndTarget, options: EndOptions) => Promise<void>;
  readonly stop: () => void;
}

const NOTHING: EndProgress = { ids: [], failed: [], isMore: false };

/** Runs one bulk end. It stops when the component goes. */
export function useEndRun(): EndRunState {
  const [state, setState] = useState<EndRunState['state']>('idle');
  const [progress, setProgress] = useState(NOTHING);
  const [error, setError] = useState<unknown>(null);
  const controller = useRef<AbortController>(null);
  useEffect(() => () => controller.current?.abort(), []);

  const start = async (target: EndTarget, options: EndOptions) => {
    controller.current = new AbortController();
    const { signal } = controller.current;
    setState('running');
    try {
      await endInSteps(target, options, { endOne: endSession, endMany: endSessions }, signal, setProgress);
      setState(signal.aborted ? 'stopped' : 'done');
    } catch (failure) {
      setError(failure);
      setState(signal.aborted ? 'stopped' : 'failed');
    }
  };
  return { state, progress, error, start, stop: () => controller.current?.abort() };
}
