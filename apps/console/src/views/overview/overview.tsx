import { VIEW_NAMES } from '../../texts.ts';

export default function Overview() {
  return (
    <div className="view-head">
      <h1>{VIEW_NAMES.overview}</h1>
    </div>
  );
}
