import { VIEW_NAMES } from '../../texts.ts';

export default function Live() {
  return (
    <div className="view-head">
      <h1>{VIEW_NAMES.live}</h1>
    </div>
  );
}
