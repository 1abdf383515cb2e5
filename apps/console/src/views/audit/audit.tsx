import { VIEW_NAMES } from '../../texts.ts';

export default function Audit() {
  return (
    <div className="view-head">
      <h1>{VIEW_NAMES.audit}</h1>
    </div>
  );
}
