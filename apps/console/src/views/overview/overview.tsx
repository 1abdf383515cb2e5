import { useState } from 'react';
import { Page } from '../../kit/page.tsx';
import { Failure, ReadAgainFailure, Skeleton } from '../../kit/states.tsx';
import { VIEW_NAMES } from '../../texts.ts';
import { concernsOf } from './attention.ts';
import { FiguresRow } from './figures.tsx';
import { FirstRun, useFirstSession } from './first-run.tsx';
import { HoursSection } from './hours-section.tsx';
import { NeedsAttention } from './needs-attention.tsx';
import { useFigures } from './use-figures.ts';
import './overview.css';

/** How the service is doing: four figures, a day by hours, and what needs attention. */
export default function Overview() {
  const { known, hours, live, now, error, retry } = useFigures();
  const first = useFirstSession();
  const [wasEmpty, setWasEmpty] = useState(false);
  if (first === null && !wasEmpty) setWasEmpty(true);
  const hasFigures = hours !== undefined && live !== undefined;
  return (
    <Page label={VIEW_NAMES.overview}>
      {hasFigures && <ReadAgainFailure error={error} onRetry={retry} />}
      {wasEmpty && <FirstRun session={first ?? null} />}
      {hasFigures ? (
        <div className={first === null ? 'overview alone' : 'overview'}>
          {first !== null && (
            <>
              <FiguresRow hours={hours} live={live} now={now} />
              <HoursSection hours={hours} />
            </>
          )}
          <NeedsAttention concerns={concernsOf(known)} />
        </div>
      ) : error == null ? (
        <Skeleton />
      ) : (
        <Failure error={error} onRetry={retry} />
      )}
    </Page>
  );
}
