import { VIEW_NAMES } from '../../texts.ts';

export default function Audit() {
  return (
    <div className="view-head">
      <h2>{VIEW_NAMES.audit}</h2>
    </div>
  );
}
