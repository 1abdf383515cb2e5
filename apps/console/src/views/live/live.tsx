import { VIEW_NAMES } from '../../texts.ts';

export default function Live() {
  return (
    <div className="view-head">
      <h2>{VIEW_NAMES.live}</h2>
    </div>
  );
}
