import { OVERVIEW } from '../../texts/overview.ts';
import { Figure } from './figure.tsx';
import { HOURS_SHOWN, type Hour, lastHour, liveBefore, liveByHour } from './hours.ts';

interface FiguresRowProps {
  readonly hours: readonly Hour[];
  readonly live: number;
  readonly now: number;
}

/** The four figures: live now, and opened, ended and refused in the last hour. */
export function FiguresRow({ hours, live, now }: FiguresRowProps) {
  const refused = hours[0]?.refused ?? null;
  return (
    <dl className="figures" aria-label={OVERVIEW.figures}>
      <Figure
        name={OVERVIEW.live}
        value={live}
        before={liveBefore(hours, live, now)}
        values={liveByHour(hours, live)}
      />
      <HourFigure name={OVERVIEW.opened} hours={hours} now={now} figure={({ opened }) => opened} />
      <HourFigure name={OVERVIEW.ended} hours={hours} now={now} figure={({ ended }) => ended} />
      {refused === null ? (
        <Figure name={OVERVIEW.refused} value={null} before={0} values={[]} />
      ) : (
        <HourFigure
          name={OVERVIEW.refused}
          tip={OVERVIEW.refusedTip}
          hours={hours}
          now={now}
          figure={(hour) => hour.refused ?? 0}
        />
      )}
    </dl>
  );
}

interface HourFigureProps {
  readonly name: string;
  readonly tip?: string;
  readonly hours: readonly Hour[];
  readonly now: number;
  readonly figure: (hour: Hour) => number;
}

function HourFigure({ name, tip, hours, now, figure }: HourFigureProps) {
  const values = hours.slice(0, HOURS_SHOWN).map(figure).toReversed();
  return <Figure name={name} {...(tip && { tip })} {...lastHour(hours, figure, now)} values={values} />;
}
