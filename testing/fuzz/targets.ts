import { requestsElsewhere } from './inputs/requests-elsewhere.ts';
import { requestsV1 } from './inputs/requests-v1.ts';
import { requestsV2 } from './inputs/requests-v2.ts';
import { MEMORY, POSTGRES, REDIS, REDIS_CLUSTER, SQLITE } from './service/engines.ts';
import type { Target } from './target.ts';
import { CHANGE_STREAM } from './targets/change-stream.ts';
import { CREDENTIALS } from './targets/credentials.ts';
import { CURSORS } from './targets/cursors.ts';
import { FEED_MESSAGES } from './targets/feed-messages.ts';
import { importTarget } from './targets/import-files.ts';
import { RAW_BYTES } from './targets/raw-bytes.ts';
import { requestTarget } from './targets/requests.ts';
import { TOKENS } from './targets/tokens.ts';

/** Targets with a service on the memory or SQLite store have a share of 1,000: they get all runs. */
export const TARGETS: readonly Target[] = [
  requestTarget('api-v2', MEMORY, 300, requestsV2),
  requestTarget('api-v2', SQLITE, 150, requestsV2),
  requestTarget('api-v1', MEMORY, 150, requestsV1),
  requestTarget('api-v1', SQLITE, 100, requestsV1),
  requestTarget('elsewhere', MEMORY, 100, requestsElsewhere),
  RAW_BYTES,
  CREDENTIALS,
  TOKENS,
  CURSORS,
  CHANGE_STREAM,
  FEED_MESSAGES,
  importTarget(MEMORY, 30),
  ...[SQLITE, POSTGRES, REDIS].map((engine) => importTarget(engine, 5)),
  ...[POSTGRES, REDIS, REDIS_CLUSTER].flatMap((engine) => [
    requestTarget('api-v2', engine, 10, requestsV2),
    requestTarget('api-v1', engine, 10, requestsV1),
  ]),
];
