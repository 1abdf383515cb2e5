import { VIEW_NAMES } from '../../texts.ts';

export default function Overview() {
  return (
    <div className="view-head">
      <h2>{VIEW_NAMES.overview}</h2>
    </div>
  );
}
