import { VIEW_NAMES } from '../../texts.ts';

export default function Health() {
  return (
    <div className="view-head">
      <h2>{VIEW_NAMES.health}</h2>
    </div>
  );
}
