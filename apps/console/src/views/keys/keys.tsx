import { VIEW_NAMES } from '../../texts.ts';

export default function Keys() {
  return (
    <div className="view-head">
      <h2>{VIEW_NAMES.keys}</h2>
    </div>
  );
}
