import type { SeenNode } from '../../api/nodes.ts';
import { Icon } from '../../kit/icons.tsx';
import { Time } from '../../kit/time.tsx';
import { spanText } from '../../kit/time-text.ts';
import { setQuery } from '../../routing/location.ts';
import { HEALTH, NODES } from '../../texts/health.ts';
import { count } from '../../texts.ts';
import './nodes.css';

interface NodeListProps {
  readonly nodes: readonly SeenNode[];
  /** The id of the node whose figures are shown below. */
  readonly shownId: string;
}

/** The query parameter of the node whose figures are shown. */
export const NODE_PARAMETER = 'node';

/** The nodes that have responded to this page. A press on one shows all its figures. */
export function NodeList({ nodes, shownId }: NodeListProps) {
  const hasVersions = new Set(nodes.map(({ node }) => node.version)).size > 1;
  return (
    <section className="nodes" aria-label={NODES.title}>
      <h2>{NODES.title}</h2>
      <p className="quiet-text">{NODES.hint}</p>
      <div className="table-wide">
        <table className="node-table">
          <thead>
            <tr>
              {NODES.columns.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {nodes.map(({ node, status, seen_at }) => (
              <tr key={node.id} data-shown={node.id === shownId ? '' : undefined}>
                <th scope="row">
                  <button
                    type="button"
                    className="node-name"
                    aria-pressed={node.id === shownId}
                    onClick={() => setQuery({ [NODE_PARAMETER]: node.id }, { replace: true })}
                  >
                    {node.host} <small>{NODES.process(node.pid)}</small>
                  </button>
                </th>
                <td>
                  <span className={status === 'ok' ? 'state green' : 'state red'}>
                    <span className="state-dot" />
                    {status === 'ok' ? NODES.ready : NODES.notReady}
                  </span>
                </td>
                <td>
                  <span className={hasVersions ? 'health-value amber' : 'health-value'}>
                    {hasVersions && <Icon name="warning" />}
                    {node.version}
                  </span>
                </td>
                <td>{spanText(node.uptime_s * 1_000)}</td>
                <td>{HEALTH.lag(node.feed_lag_s)}</td>
                <td>{count(node.listeners)}</td>
                <td>{hitsText(node)}</td>
                <td>
                  <Time value={seen_at} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function hitsText({ near_cache }: SeenNode['node']): string {
  if (near_cache === null) return HEALTH.none;
  const { hits, misses } = near_cache;
  return hits + misses === 0 ? HEALTH.noneYet : HEALTH.hits(hits, misses);
}
