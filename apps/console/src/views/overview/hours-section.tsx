import { CLOSE_REASONS } from '@pip-sessions/contract/v2';
import { shortTime } from '../../kit/time-text.ts';
import { Link } from '../../routing/link.tsx';
import { navigate } from '../../routing/location.ts';
import { pathOf } from '../../routing/routes.ts';
import { OVERVIEW } from '../../texts/overview.ts';
import { count, REASON_WORDS } from '../../texts.ts';
import { queryOfHour } from './hour-query.ts';
import { HOURS_SHOWN, type Hour } from './hours.ts';
import { HoursChart } from './hours-chart.tsx';

/** A day by hours as a chart, and as a table for those who read it without a pointer. */
export function HoursSection({ hours }: { readonly hours: readonly Hour[] }) {
  const shown = hours.slice(0, HOURS_SHOWN);
  const busy = shown.filter(({ opened, ended }) => opened + ended > 0);
  const reasons = CLOSE_REASONS.filter((reason) => busy.some(({ closed }) => closed[reason] > 0));
  return (
    <section className="hours" aria-label={OVERVIEW.chart}>
      <h2>{OVERVIEW.chart}</h2>
      <p className="quiet-text">{busy.length === 0 ? OVERVIEW.noHours : OVERVIEW.chartHint}</p>
      <ul className="legend">
        <li>
          <span className="swatch opened" />
          {OVERVIEW.openedWord} <b>{count(shown.reduce((sum, { opened }) => sum + opened, 0))}</b>
        </li>
        <li>
          {OVERVIEW.endedWord} <b>{count(shown.reduce((sum, { ended }) => sum + ended, 0))}</b>
        </li>
        {reasons.map((reason) => (
          <li key={reason}>
            <span className={`swatch ${reason}`} />
            {REASON_WORDS[reason]} <b>{count(shown.reduce((sum, { closed }) => sum + closed[reason], 0))}</b>
          </li>
        ))}
      </ul>
      <HoursChart hours={shown} onOpen={(hour, reason) => navigate(pathOf('sessions'), queryOfHour(hour, reason))} />
      {busy.length > 0 && (
        <details className="hours-table">
          <summary>{OVERVIEW.table}</summary>
          <div className="table-wide">
            <table>
              <thead>
                <tr>
                  <th scope="col">{OVERVIEW.hour}</th>
                  <th scope="col">{OVERVIEW.openedWord}</th>
                  {reasons.map((reason) => (
                    <th key={reason} scope="col">
                      {REASON_WORDS[reason]}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {busy.map((hour) => (
                  <tr key={hour.start}>
                    <th scope="row">
                      <Link
                        to={pathOf('sessions')}
                        query={queryOfHour(hour, null)}
                        aria-label={OVERVIEW.listHour(shortTime(hour.start))}
                      >
                        {shortTime(hour.start)}
                      </Link>
                    </th>
                    <td>{count(hour.opened)}</td>
                    {reasons.map((reason) => (
                      <td key={reason}>{count(hour.closed[reason])}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      )}
    </section>
  );
}
