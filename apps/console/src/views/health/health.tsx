import { VIEW_NAMES } from '../../texts.ts';

export default function Health() {
  return (
    <div className="view-head">
      <h1>{VIEW_NAMES.health}</h1>
    </div>
  );
}
