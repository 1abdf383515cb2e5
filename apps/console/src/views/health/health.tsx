import { useQuery } from '@tanstack/react-query';
import type { SeenNode } from '../../api/nodes.ts';
import { healthQuery } from '../../api/queries.ts';
import { clockDifference } from '../../api/service.ts';
import { useMe } from '../../frame/me.ts';
import { Icon } from '../../kit/icons.tsx';
import { useNow } from '../../kit/now.ts';
import { Page } from '../../kit/page.tsx';
import { Failure, ReadAgainFailure, Skeleton } from '../../kit/states.tsx';
import { useLocation } from '../../routing/location.ts';
import { HEALTH } from '../../texts/health.ts';
import { VIEW_NAMES } from '../../texts.ts';
import { nodeFigures } from './figures.ts';
import { NODE_PARAMETER, NodeList } from './node-list.tsx';
import './health.css';

/** So many requests reach most of the nodes behind a proxy; then one every 10 seconds. */
const LOOKS = 8;
const LOOK_MS = 400;
const READ_AGAIN_MS = 10_000;

/** The state of each node that has responded, with what each figure means. */
export default function Health() {
  const { store } = useMe().service;
  const isAlone = store === 'sqlite' || store === 'memory';
  const { data, error, refetch } = useQuery({
    ...healthQuery,
    refetchInterval: ({ state }) => (isAlone || state.dataUpdateCount >= LOOKS ? READ_AGAIN_MS : LOOK_MS),
  });
  const retry = () => void refetch();
  return (
    <Page label={VIEW_NAMES.health}>
      {data && <ReadAgainFailure error={error} onRetry={retry} />}
      {data ? (
        <Nodes nodes={data} isAlone={isAlone} />
      ) : error ? (
        <Failure error={error} onRetry={retry} />
      ) : (
        <Skeleton />
      )}
    </Page>
  );
}

function Nodes({ nodes, isAlone }: { readonly nodes: readonly SeenNode[]; readonly isAlone: boolean }) {
  const chosen = useLocation().query.get(NODE_PARAMETER);
  // In an order that does not change with each response.
  const byName = nodes.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
  const shown = byName.find(({ node }) => node.id === chosen) ?? byName[0];
  if (!shown) return null;
  const { host, pid } = shown.node;
  const about = nodes.length > 1 ? HEALTH.shownNode(host, pid) : isAlone ? HEALTH.onlyNode : HEALTH.thisNode(host, pid);
  return (
    <div className="health">
      {nodes.length > 1 && <NodeList nodes={byName} shownId={shown.node.id} />}
      <Node health={shown} about={about} />
    </div>
  );
}

function nameOf({ node: { host, pid, id } }: SeenNode): string {
  return [host, String(pid).padStart(8, '0'), id].join(' ');
}

function Node({ health, about }: { readonly health: SeenNode; readonly about: string }) {
  const now = useNow();
  const isReady = health.status === 'ok';
  return (
    <>
      <div className={isReady ? 'readiness' : 'readiness red'} role="status">
        <Icon name={isReady ? 'check' : 'warning'} />
        <div>
          <p className="readiness-title">{isReady ? HEALTH.ready : HEALTH.notReady}</p>
          {health.reason && <p>{health.reason}</p>}
          <p className="quiet-text">
            {!isReady && HEALTH.notReadyHint} {about}
          </p>
        </div>
      </div>
      <table className="health-table">
        <caption className="visually-hidden">{HEALTH.table}</caption>
        <thead>
          <tr>
            <th scope="col">{HEALTH.figure}</th>
            <th scope="col">{HEALTH.value}</th>
            <th scope="col">{HEALTH.meaning}</th>
          </tr>
        </thead>
        <tbody>
          {nodeFigures(health, clockDifference(), now).map(({ id, name, value, meaning, tone }) => (
            <tr key={id}>
              <th scope="row">{name}</th>
              <td>
                <span className={tone ? `health-value ${tone}` : 'health-value'}>
                  {tone && <Icon name="warning" />}
                  {value}
                </span>
              </td>
              <td>{meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
