import { useQuery } from '@tanstack/react-query';
import { healthQuery, statsQuery } from '../../api/queries.ts';
import { clockDifference } from '../../api/service.ts';
import type { Health as NodeHealth } from '../../api/types.ts';
import { Icon } from '../../kit/icons.tsx';
import { useNow } from '../../kit/now.ts';
import { Page } from '../../kit/page.tsx';
import { Failure, ReadAgainFailure, Skeleton } from '../../kit/states.tsx';
import { HEALTH } from '../../texts/health.ts';
import { VIEW_NAMES } from '../../texts.ts';
import { nodeFigures } from './figures.ts';
import './health.css';

/** The state of the node that responds, with what each figure means. */
export default function Health() {
  const { data, error, refetch } = useQuery(healthQuery);
  return (
    <Page label={VIEW_NAMES.health}>
      {data && <ReadAgainFailure error={error} onRetry={() => void refetch()} />}
      {data ? <Node health={data} /> : error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton />}
    </Page>
  );
}

function Node({ health }: { readonly health: NodeHealth }) {
  const now = useNow();
  const stats = useQuery(statsQuery);
  const isReady = health.status === 'ok';
  return (
    <div className="health">
      <div className={isReady ? 'readiness' : 'readiness red'} role="status">
        <Icon name={isReady ? 'check' : 'warning'} />
        <div>
          <p className="readiness-title">{isReady ? HEALTH.ready : HEALTH.notReady}</p>
          {health.reason && <p>{health.reason}</p>}
          <p className="quiet-text">{isReady ? HEALTH.thisNode : HEALTH.notReadyHint}</p>
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
          {nodeFigures(health, stats.data, clockDifference(), now).map(({ id, name, value, meaning, tone }) => (
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
    </div>
  );
}
