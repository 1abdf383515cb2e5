import { VIEW_NAMES } from '../../texts.ts';

export default function Keys() {
  return (
    <div className="view-head">
      <h1>{VIEW_NAMES.keys}</h1>
    </div>
  );
}
