/**
 * The requests to the original service whose responses are recorded, as data. A scenario uses only its own sessions. It begins
 * with an empty store if it lists without a filter (`empty_store`). In a request, `$session_1` stands for the id of the
 * scenario's first session, and so on; `$date` for the current time as an HTTP date; `$md5` for the digest of the sent body.
 */

type Json = string | number | boolean | null | readonly Json[] | { readonly [member: string]: Json };
type Headers = Readonly<Record<string, string>>;

export interface Step {
  /** The scenario in the words of a user. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string | null;
  /** Headers of the response to record besides its content type. */
  readonly answer_headers?: readonly string[];
}

export interface Scenario {
  readonly name: string;
  /** Set if the responses depend on all sessions in the store. */
  readonly empty_store?: true;
  readonly steps: readonly Step[];
}

const BASE = '/v1/sessions';
const JSON_TYPE: Headers = { 'content-type': 'application/json' };

function call(name: string, command: string, body: Json): Step {
  return post(name, `${BASE}/${command}`, JSON.stringify(body), JSON_TYPE);
}

function post(name: string, path: string, body: string | null, headers: Headers = {}): Step {
  return { name, method: 'POST', path, headers, body };
}

function ask(method: string, path: string, headers: Headers = {}, answer_headers?: readonly string[]): Step {
  const kept = answer_headers && { answer_headers };
  return { name: `${method} ${path}`, method, path, headers, body: null, ...kept };
}

function open(user_id: string, which = 'a', more: { readonly [member: string]: Json } = {}): Step {
  return call(`opens ${which} session for ${user_id}`, 'open_session', { user_id, ...more });
}

/** A value as text for a step's name. Long values are cut, invisible characters are escaped. */
function shown(value: Json): string {
  const text = JSON.stringify(value).replace(
    /[\u2028\u2029\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16)}`,
  );
  return text.length > 80 ? `${text.slice(0, 80)}... (${text.length} characters)` : text;
}

const ID_COMMANDS = ['get_session_by_id', 'close_session', 'delete_session_by_id'] as const;
const CONTENT_COMMANDS = { store_session_data: 'data', update_session_user: 'user' } as const;
const NOT_STRINGS: readonly Json[] = [0, 1, 1.5, true, false, ['a'], [], { a: 1 }, {}];
const EMPTY_VALUES: readonly Json[] = [0, false, '', [], {}];
const ANY_VALUES: readonly Json[] = [...EMPTY_VALUES, 'abc', -1.5, 1e21, true, [null, [1]], { a: { b: [1, null] } }];

/** Each command with a session id, and its other required properties. */
const COMMANDS_OF_A_SESSION: readonly (readonly [command: string, more: { readonly [member: string]: Json }])[] = [
  ...ID_COMMANDS.map((command) => [command, {}] as const),
  ...Object.entries(CONTENT_COMMANDS).map(([command, member]) => [command, { [member]: 'abc' }] as const),
];

const LIFE: readonly Scenario[] = [
  {
    name: 'the life of a session',
    steps: [
      call('opens a session with every member', 'open_session', {
        user_id: 'life',
        user_name: 'User 1',
        address: '127.0.0.1',
        client: 'test',
        user: { name: 'User 1', roles: ['admin'] },
        data: { cart: [1, 2] },
      }),
      call('gets the session', 'get_session_by_id', { session_id: '$session_1' }),
      call('stores data', 'store_session_data', { session_id: '$session_1', data: { cart: [] } }),
      call('updates the user', 'update_session_user', { session_id: '$session_1', user: { name: 'User 2' } }),
      call('gets the session with its new data and user', 'get_session_by_id', { session_id: '$session_1' }),
      call('lists the session without user and data', 'get_sessions', { filter: { user_id: 'life' }, paging: null }),
      call('closes the session', 'close_session', { session_id: '$session_1' }),
      call('gets the closed session', 'get_session_by_id', { session_id: '$session_1' }),
      call('lists the closed session', 'get_sessions', { filter: { user_id: 'life' } }),
      call('closes expired sessions, of which there are none', 'close_expired_sessions', {}),
      call('deletes the session', 'delete_session_by_id', { session_id: '$session_1' }),
      call('gets the deleted session', 'get_session_by_id', { session_id: '$session_1' }),
      call('lists nothing any more', 'get_sessions', { filter: { user_id: 'life' }, paging: { total: true } }),
    ],
  },
  {
    name: 'what is asked again',
    steps: [
      open('again', 'a', { user_name: 'User', user: 'u', data: 'd' }),
      call('closes the session', 'close_session', { session_id: '$session_1' }),
      call('closes the closed session', 'close_session', { session_id: '$session_1' }),
      call('stores data in the closed session', 'store_session_data', { session_id: '$session_1', data: 'late' }),
      call('updates the user of the closed session', 'update_session_user', { session_id: '$session_1', user: 'late' }),
      call('gets the closed session', 'get_session_by_id', { session_id: '$session_1' }),
      call('deletes the closed session', 'delete_session_by_id', { session_id: '$session_1' }),
      ...COMMANDS_OF_A_SESSION.map(([command, more]) =>
        call(`asks ${command} for the deleted session`, command, { session_id: '$session_1', ...more }),
      ),
      open('again', 'a second'),
      open('again', 'a third'),
      call('lists two sessions of one user, in which order', 'get_sessions', { filter: { user_id: 'again' } }),
      call('stores data in the older one', 'store_session_data', { session_id: '$session_2', data: 1 }),
      call('lists both again', 'get_sessions', { filter: { user_id: 'again' } }),
    ],
  },
  {
    name: 'opening a session',
    steps: [
      call('opens a session with only a user_id', 'open_session', { user_id: 'opening' }),
      call('opens a session with null for what is absent, as clients do', 'open_session', {
        user_id: 'opening',
        user_name: 'User 1',
        address: null,
        client: null,
        user: null,
        data: null,
      }),
      call('opens a session with empty strings', 'open_session', {
        user_id: 'opening',
        user_name: '',
        address: '',
        client: '',
      }),
      call('opens a session with members it does not know', 'open_session', {
        user_id: 'opening',
        id: 'mine',
        active: false,
        open_time: '2000-01-01T00:00:00.000Z',
        colour: 'red',
      }),
      call('opens a session with an empty user_id', 'open_session', { user_id: '' }),
      call('opens a session with null as user_id', 'open_session', { user_id: null }),
      call('opens a session without a user_id', 'open_session', { user_name: 'User' }),
      call('opens a session without anything', 'open_session', {}),
      call('opens a session with USER_ID in capitals', 'open_session', { USER_ID: 'opening' }),
      call('opens a session with two wrong members', 'open_session', { user_name: 1, client: false }),
      ...['user_id', 'user_name', 'address', 'client'].flatMap((member) =>
        NOT_STRINGS.map((value) =>
          call(`opens a session with ${shown(value)} as ${member}`, 'open_session', {
            user_id: 'opening',
            [member]: value,
          }),
        ),
      ),
    ],
  },
  {
    name: 'any JSON as user and data',
    steps: [
      ...ANY_VALUES.map((value) =>
        call(`opens a session with ${shown(value)} as user and data`, 'open_session', {
          user_id: 'any-json',
          user: value,
          data: value,
        }),
      ),
      call('gets the session with 0 as user and data', 'get_session_by_id', { session_id: '$session_1' }),
      ...Object.entries(CONTENT_COMMANDS).flatMap(([command, member]) => [
        ...ANY_VALUES.map((value) =>
          call(`asks ${command} with ${shown(value)}`, command, { session_id: '$session_1', [member]: value }),
        ),
        call(`asks ${command} with null`, command, { session_id: '$session_1', [member]: null }),
        call(`asks ${command} without ${member}`, command, { session_id: '$session_1' }),
        call(`asks ${command} without anything`, command, {}),
        call(`asks ${command} without a session_id`, command, { [member]: 1 }),
      ]),
    ],
  },
  {
    name: 'the session_id of a command',
    steps: COMMANDS_OF_A_SESSION.flatMap(([command, more]) => [
      call(`asks ${command} for an unknown session`, command, { session_id: 'unknown', ...more }),
      call(`asks ${command} for a session with an empty id`, command, { session_id: '', ...more }),
      call(`asks ${command} for null`, command, { session_id: null, ...more }),
      call(`asks ${command} without a session_id`, command, { ...more }),
      call(`asks ${command} with id instead of session_id`, command, { id: 'unknown', ...more }),
      ...NOT_STRINGS.map((value) =>
        call(`asks ${command} for ${shown(value)}`, command, { session_id: value, ...more }),
      ),
    ]),
  },
];

const TEXT_HEAVY = 'Grüße, 世界 🌍 שלום';

const STRINGS: Scenario = {
  name: 'strings of every kind',
  steps: [
    ...[
      TEXT_HEAVY,
      ' padded ',
      '"quoted" \\ and / slashed',
      'tab\tand\nline',
      '\u2028\u2029',
      '\u0000',
      '\ud800',
      '__proto__',
      '456',
    ].flatMap((text, index) => [
      call(`opens a session with ${shown(text)} as every string`, 'open_session', {
        user_id: text,
        user_name: text,
        address: text,
        client: text,
        data: text,
      }),
      call(`lists the sessions of user ${shown(text)}`, 'get_sessions', { filter: { user_id: text } }),
      call(`gets the session of user ${shown(text)}`, 'get_session_by_id', { session_id: `$session_${index + 1}` }),
    ]),
    call('opens a session with a user_name of 4096 characters', 'open_session', {
      user_id: 'strings',
      user_name: 'x'.repeat(4096),
    }),
    call('opens a session with a user_name of 4097 characters', 'open_session', {
      user_id: 'strings',
      user_name: 'x'.repeat(4097),
    }),
    call('opens a session with a user_id of 5000 characters', 'open_session', { user_id: 'x'.repeat(5000) }),
    call('asks for an id of 5000 characters', 'get_session_by_id', { session_id: 'x'.repeat(5000) }),
    call('opens a session whose data has members in another language', 'open_session', {
      user_id: 'strings',
      data: { größe: TEXT_HEAVY, '': 'empty', 'with.dot': 1 },
    }),
    call('opens a session with data nested 150 deep', 'open_session', { user_id: 'strings', data: nested(150) }),
    call('opens a session with data nested 300 deep', 'open_session', { user_id: 'strings', data: nested(300) }),
    call('asks for an unknown id in another language', 'get_session_by_id', { session_id: TEXT_HEAVY }),
  ],
};

function nested(depth: number): Json {
  return depth === 0 ? [] : [nested(depth - 1)];
}

/** The headers of restify-clients 4, which the Node client uses. */
const CLIENT_HEADERS: Headers = {
  accept: 'application/json',
  'content-type': 'application/json',
  'user-agent': 'restify/4.2.0 (x64-linux; v8/11.3.244.8-node.38; OpenSSL/3.0.19) node/20.20.2',
  'accept-version': '*',
  date: '$date',
  'content-md5': '$md5',
};

function fromClient(name: string, path: string, body: Json, headers: Headers = {}): Step {
  return post(name, `${BASE}/${path}`, JSON.stringify(body), { ...CLIENT_HEADERS, ...headers });
}

const CLIENTS: readonly Scenario[] = [
  {
    name: 'requests as the Node client sends them',
    steps: [
      fromClient('opens a session', 'open_session?correlation_id=123', {
        user_id: 'node-client',
        user_name: 'User 1',
        address: null,
        client: null,
        user: null,
        data: null,
      }),
      fromClient('lists with a filter and paging', 'get_sessions?correlation_id=123', {
        filter: { user_id: 'node-client', active: 'true' },
        paging: { skip: 0, take: 10, total: true },
      }),
      fromClient('lists with null as paging', 'get_sessions', { filter: { user_id: 'node-client' }, paging: null }),
      fromClient('gets the session', 'get_session_by_id', { session_id: '$session_1' }),
      fromClient(
        'gets the session, the correlation id in a header',
        'get_session_by_id',
        { session_id: '$session_1' },
        {
          correlation_id: '123',
        },
      ),
      fromClient(
        'gets the session, null as correlation id in a header',
        'get_session_by_id',
        { session_id: '$session_1' },
        {
          correlation_id: 'null',
        },
      ),
      fromClient('stores data', 'store_session_data?correlation_id=123', { session_id: '$session_1', data: { a: 1 } }),
      fromClient('stores null', 'store_session_data?correlation_id=123', { session_id: '$session_1', data: null }),
      fromClient('updates the user', 'update_session_user?correlation_id=123', { session_id: '$session_1', user: 'u' }),
      fromClient('closes the session', 'close_session?correlation_id=123', { session_id: '$session_1' }),
      fromClient('closes expired sessions', 'close_expired_sessions?correlation_id=123', {}),
      fromClient('deletes the session', 'delete_session_by_id?correlation_id=123', { session_id: '$session_1' }),
      fromClient('gets the deleted session', 'get_session_by_id?correlation_id=123', { session_id: '$session_1' }),
    ],
  },
  {
    name: 'where a correlation id comes back',
    steps: [
      {
        ...post('asks with a correlation id in the query', `${BASE}/close_session?correlation_id=abc`, '{}', JSON_TYPE),
        answer_headers: ['correlation_id', 'trace_id', 'x-request-id'],
      },
      {
        ...post('asks with a correlation id in a header', `${BASE}/close_session`, '{}', {
          ...JSON_TYPE,
          correlation_id: 'abc',
        }),
        answer_headers: ['correlation_id', 'trace_id', 'x-request-id'],
      },
      post('asks with an empty correlation id in the query', `${BASE}/close_session?correlation_id=`, '{}', JSON_TYPE),
      post(
        'asks with two correlation ids in the query',
        `${BASE}/close_session?correlation_id=a&correlation_id=b`,
        '{}',
        JSON_TYPE,
      ),
      post('asks for an unknown command with a correlation id', `${BASE}/unknown?correlation_id=abc`, '{}', JSON_TYPE),
      post(
        'finds nothing with a correlation id',
        `${BASE}/close_session?correlation_id=abc`,
        '{"session_id":"x"}',
        JSON_TYPE,
      ),
    ],
  },
  {
    name: 'headers of a request',
    steps: [
      ...[
        { accept: '*/*' },
        { accept: 'text/plain' },
        { accept: 'text/html' },
        { accept: 'text/html, application/json;q=0.5' },
        { 'accept-version': '1.0.0' },
        { 'accept-version': '~2' },
        { 'accept-version': 'newest' },
        { 'content-md5': 'x' },
        { date: 'Sat, 01 Jan 2000 00:00:00 GMT' },
        { date: 'Thu, 31 Dec 2099 00:00:00 GMT' },
        { date: 'yesterday' },
        { 'content-encoding': 'br' },
        { 'content-encoding': 'identity' },
        { 'if-none-match': '*' },
        { 'if-modified-since': '$date' },
        { expect: '200-ok' },
        { authorization: 'Bearer unknown' },
        { 'x-http-method-override': 'GET' },
      ].map((headers) => ({
        ...post(`lists with ${JSON.stringify(headers)}`, `${BASE}/get_sessions`, '{"filter":{"user_id":"headers"}}', {
          ...JSON_TYPE,
          ...headers,
        }),
        answer_headers: ['accept-encoding'],
      })),
      ...['gzip', 'gzip, deflate, br', 'br', 'identity'].map((encoding) => ({
        ...post(`lists and accepts ${encoding}`, `${BASE}/get_sessions`, '{"filter":{"user_id":"headers"}}', {
          ...JSON_TYPE,
          'accept-encoding': encoding,
        }),
        answer_headers: ['content-encoding'],
      })),
      post('finds nothing and accepts gzip', `${BASE}/get_session_by_id`, '{"session_id":"x"}', {
        ...JSON_TYPE,
        'accept-encoding': 'gzip',
      }),
      post('asks for JSONP', `${BASE}/get_sessions?callback=run`, '{"filter":{"user_id":"headers"}}', JSON_TYPE),
      post('has the body in the query', `${BASE}/get_session_by_id?session_id=x`, '{}', JSON_TYPE),
    ],
  },
];

const BODIES: readonly Scenario[] = [
  {
    name: 'bodies that are not an object',
    empty_store: true,
    steps: ['open_session', 'get_sessions', 'close_expired_sessions'].flatMap((command) => [
      post(`asks ${command} without a body`, `${BASE}/${command}`, null),
      post(`asks ${command} without a body but with a content type`, `${BASE}/${command}`, null, JSON_TYPE),
      ...['null', '[]', '[1]', '[{"user_id":"bodies"}]', '5', '0', 'true', 'false', '"text"', '""', '', ' ', '{}'].map(
        (text) => post(`asks ${command} with the body ${shown(text)}`, `${BASE}/${command}`, text, JSON_TYPE),
      ),
    ]),
  },
  {
    name: 'content types',
    steps: [
      'application/json; charset=utf-8',
      'application/json;charset=UTF-8',
      'application/json; charset=latin1',
      'APPLICATION/JSON',
      'application/vnd.api+json',
      'application/problem+json; charset=utf-8',
      'text/json',
      'application/x-json',
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/octet-stream',
      'multipart/form-data; boundary=x',
      'application/xml',
      'json',
      '',
      null,
    ].flatMap((type) => {
      const headers: Headers = type === null ? {} : { 'content-type': type };
      const named = type === null ? 'no content type' : `content type ${shown(type)}`;
      return [
        post(`opens a session with ${named}`, `${BASE}/open_session`, '{"user_id":"content-types"}', headers),
        post(`lists sessions with ${named}`, `${BASE}/get_sessions`, '{"filter":{"id":"none"}}', headers),
      ];
    }),
    empty_store: true,
  },
  {
    name: 'bodies that are not JSON',
    steps: [
      ...[
        '{"user_id":',
        '{"user_id":"a"',
        '{user_id:"a"}',
        "{'user_id':'a'}",
        '{"user_id":"a",}',
        '{"user_id":"a"} trailing',
        '{"user_id":"a"}{"user_id":"b"}',
        '{"user_id":NaN}',
        '{"user_id":"a\nb"}',
        '\ufeff{"user_id":"a"}',
        '<user_id>a</user_id>',
        'user_id=a',
        'undefined',
      ].map((text) => post(`opens a session with the body ${shown(text)}`, `${BASE}/open_session`, text, JSON_TYPE)),
      post('asks an unknown command with a malformed body', `${BASE}/unknown`, '{', JSON_TYPE),
      post('is malformed, with a text content type', `${BASE}/open_session`, '{', { 'content-type': 'text/plain' }),
    ],
  },
  {
    name: 'JSON that is unusual',
    steps: [
      ...[
        '{"user_id":"a","user_id":"unusual"}',
        ' \n\t{ "user_id" : "unusual" }\r\n',
        '{"user_id":"\\u0075nusual"}',
        '{"user_id":"unusual","data":{"__proto__":{"admin":true}}}',
        '{"user_id":"unusual","__proto__":{"data":1}}',
        '{"user_id":"unusual","data":{"constructor":{"prototype":{"admin":true}}}}',
        '{"user_id":"unusual","data":1.0}',
        '{"user_id":"unusual","data":12345678901234567890}',
        '{"user_id":"unusual","data":1e400}',
        '{"user_id":"unusual","data":{"2":"b","1":"a"}}',
        '{"user_id":"unusual","get":1}',
        '{"user_id":"unusual","toString":1}',
        '{"user_id":"unusual","hasOwnProperty":1}',
        '{"user_id":"unusual","getAsNullableString":"x"}',
      ].map((text) => post(`opens a session with ${text.trim()}`, `${BASE}/open_session`, text, JSON_TYPE)),
      ...['{"filter":{"get":1}}', '{"filter":{"__proto__":{"user_id":"none"},"id":"none"}}'].map((text) =>
        post(`lists sessions with ${text}`, `${BASE}/get_sessions`, text, JSON_TYPE),
      ),
    ],
  },
];

/** A user with an active session, `$session_1`, and a closed one, `$session_2`. */
function oneActiveOneClosed(user_id: string): Step[] {
  return [
    open(user_id),
    open(user_id, 'a second'),
    call('closes the second session', 'close_session', { session_id: '$session_2' }),
  ];
}

function list(filter: Json, paging: Json = null): Step {
  return call(`lists with the filter ${shown(filter)}`, 'get_sessions', { filter, paging });
}

/** The start of a year in every form, and invalid times. */
function timesOf(year: 2000 | 2100): readonly Json[] {
  const start = Date.UTC(year, 0, 1);
  return [
    new Date(start).toISOString(),
    `${year}-01-01T00:00:00+02:00`,
    `${year}-01-01`,
    `${year}`,
    new Date(start).toUTCString(),
    `Jan 1, ${year}`,
    `${year}/01/01`,
    [`${year}-01-01`],
    year,
    start,
    `${start}`,
  ];
}

const NO_TIMES: readonly Json[] = [0, '0', -1, 1.5, 'yesterday', '', null, true, [], {}];

const FILTERS: readonly Scenario[] = [
  {
    name: 'every filter key alone',
    empty_store: true,
    steps: [
      ...oneActiveOneClosed('keys'),
      open('keys-other'),
      list({ id: '$session_1' }),
      list({ user_id: 'keys' }),
      list({ active: true }),
      list({ active: false }),
      list({ from_time: '2000-01-01T00:00:00.000Z' }),
      list({ from_time: '2100-01-01T00:00:00.000Z' }),
      list({ to_time: '2000-01-01T00:00:00.000Z' }),
      list({ to_time: '2100-01-01T00:00:00.000Z' }),
      list({ from_time: '2000-01-01T00:00:00.000Z', to_time: '2100-01-01T00:00:00.000Z' }),
      list({ from_time: '2100-01-01T00:00:00.000Z', to_time: '2000-01-01T00:00:00.000Z' }),
      list({ id: '$session_1', user_id: 'keys-other' }),
      list({ id: '$session_1', user_id: 'keys', active: true, colour: 'red' }),
      ...['user_name', 'address', 'client', 'session_id', 'ids', 'search', 'USER_ID', 'colour'].map((key) =>
        list({ [key]: 'none' }),
      ),
    ],
  },
  {
    name: 'filters that are not an object of keys',
    empty_store: true,
    steps: [
      open('shapes'),
      call('lists without filter and paging', 'get_sessions', {}),
      ...[null, {}, '', 'user_id=none', 'none', [], ['none'], [{ user_id: 'none' }], 0, 5, 1.5, true, false].map(
        (filter) => list(filter),
      ),
      call('lists with members it does not know', 'get_sessions', { user_id: 'none', skip: 5, sort: ['user_id'] }),
      call('lists with filter and paging both wrong', 'get_sessions', {
        filter: 'none',
        paging: { skip: 'a', take: 'b' },
      }),
    ],
  },
  {
    name: 'ids in a filter, loosely typed',
    empty_store: true,
    steps: [
      open('123'),
      open('1.5'),
      open('true'),
      open('a,b'),
      open('[object Object]'),
      ...[123, '123', ' 123', 1.5, true, ['123'], ['a', 'b'], [], {}, { a: 1 }, '', null, 0, false, 'NONE'].flatMap(
        (value) => [list({ user_id: value })],
      ),
      ...[123, '', null, 0, false, [], {}, ['$session_1'], '$session_1'].map((value) => list({ id: value })),
    ],
  },
  {
    name: 'active in a filter, loosely typed',
    steps: [
      ...oneActiveOneClosed('active'),
      ...[true, 'true', 'TRUE', 'True', 't', 'T', 'yes', 'YES', 'y', 'Y', '1', 1].map((active) =>
        list({ user_id: 'active', active }),
      ),
      ...[false, 'false', 'FALSE', 'False', 'f', 'F', 'no', 'NO', 'n', 'N', '0', 0].map((active) =>
        list({ user_id: 'active', active }),
      ),
      ...['on', 'off', 'active', ' true', '2', 2, -1, 0.5, '', null, [], [true], [false], {}, { a: 1 }].map((active) =>
        list({ user_id: 'active', active }),
      ),
    ],
  },
  {
    name: 'times in a filter, loosely typed',
    steps: [
      open('times'),
      ...[...timesOf(2000), ...timesOf(2100), ...NO_TIMES].flatMap((time) => [
        list({ user_id: 'times', from_time: time }),
        list({ user_id: 'times', to_time: time }),
      ]),
    ],
  },
];

const PAGING: Scenario = {
  name: 'paging',
  steps: [
    open('paging'),
    open('paging', 'a second'),
    open('paging', 'a third'),
    ...[
      ...[null, {}, '', 'skip=1', [], [1], [{ skip: 1 }], 0, 5, true, false],
      ...[0, 1, 2, 3, 4, -1, 1e9, 1e21, 0.4, 0.5, 1.4, 1.5, -0.5, null].map((skip) => ({ skip })),
      ...[0, 1, 2, 3, 100, 101, -1, 1e9, 1e21, 0.4, 0.5, 1.4, 1.5, -0.5, null].map((take) => ({ take })),
      ...['1', '', 'a', true, false, [], [1], {}].flatMap((value) => [{ skip: value }, { take: value }]),
      ...[true, false, null].map((total) => ({ total })),
      ...['true', 'false', '', 1, 0, [], {}].map((total) => ({ total })),
      { skip: 1, take: 1, total: true },
      { skip: 5, take: 1, total: true },
      { skip: 0, take: 0, total: false },
      { skip: -5, take: -5, total: true },
      { skip: null, take: null, total: null },
      { skip: 1, take: 1, total: true, colour: 'red' },
      { Skip: 1, TAKE: 1 },
      { skip: 'a', take: 'b', total: 'c' },
    ].map((paging) =>
      call(`lists with the paging ${shown(paging)}`, 'get_sessions', { filter: { user_id: 'paging' }, paging }),
    ),
  ],
};

const COMMAND_PATH = `${BASE}/get_session_by_id`;
const CORS_HEADERS = [
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-expose-headers',
  'access-control-max-age',
];

const ROUTES: readonly Scenario[] = [
  {
    name: 'paths that are no command',
    steps: [
      ...[
        `${BASE}/unknown`,
        `${BASE}/Get_Session_By_Id`,
        `${COMMAND_PATH}/`,
        `${COMMAND_PATH}/x`,
        `${BASE}/getSessionById`,
        `${BASE}/get%5Fsession_by_id`,
        `${BASE}/get_session_by_id%20`,
        BASE,
        `${BASE}/`,
        '/V1/sessions/get_session_by_id',
        '/v2/sessions/get_session_by_id',
        '/v1/session/get_session_by_id',
        '/v1//sessions/get_session_by_id',
        '//v1/sessions/get_session_by_id',
        '/get_session_by_id',
        '/',
        '/favicon.ico',
        `${BASE}/%zz`,
        `${BASE}/%00`,
        `${BASE}/../sessions/get_session_by_id`,
      ].map((path) => post(`POST ${path}`, path, '{"session_id":"x"}', JSON_TYPE)),
      post('POST a command with a query', `${COMMAND_PATH}?a=1&b`, '{"session_id":"x"}', JSON_TYPE),
    ],
  },
  {
    name: 'other methods',
    steps: [
      ...['GET', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'].map((method) => ask(method, COMMAND_PATH, {}, ['allow'])),
      ...['GET', 'HEAD', 'OPTIONS', 'DELETE'].map((method) => ask(method, `${BASE}/unknown`, {}, ['allow'])),
      ask('GET', '/'),
      ask('GET', BASE),
    ],
  },
  {
    name: 'requests from a browser',
    steps: [
      {
        ...post('lists from another origin', `${BASE}/get_sessions`, '{"filter":{"user_id":"cors"}}', {
          ...JSON_TYPE,
          origin: 'https://shop.example',
        }),
        answer_headers: CORS_HEADERS,
      },
      {
        ...post('finds nothing from another origin', COMMAND_PATH, '{"session_id":"x"}', {
          ...JSON_TYPE,
          origin: 'https://shop.example',
        }),
        answer_headers: CORS_HEADERS,
      },
      {
        ...post('asks without an origin', COMMAND_PATH, '{"session_id":"x"}', JSON_TYPE),
        answer_headers: CORS_HEADERS,
      },
      {
        ...ask(
          'OPTIONS',
          COMMAND_PATH,
          { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
          CORS_HEADERS,
        ),
        name: 'asks whether another origin may post',
      },
      {
        ...ask(
          'OPTIONS',
          COMMAND_PATH,
          {
            origin: 'https://shop.example',
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'content-type,x-other',
          },
          CORS_HEADERS,
        ),
        name: 'asks whether another origin may post with an unusual header',
      },
      {
        ...ask('OPTIONS', COMMAND_PATH, { origin: 'https://shop.example' }, ['allow']),
        name: 'OPTIONS with only an origin',
      },
    ],
  },
  {
    name: 'standard endpoints',
    steps: [
      ask('GET', '/heartbeat'),
      ask('GET', '/status'),
      ask('GET', '/swagger', {}, ['location']),
      ask('GET', `${BASE}/swagger`),
      ask('GET', '/heartbeat?correlation_id=abc'),
      ask('GET', '/heartbeat/'),
      ask('GET', '/Heartbeat'),
      ...['/heartbeat', '/status', '/swagger', `${BASE}/swagger`].flatMap((path) => [
        ask('HEAD', path, {}, ['allow']),
        ask('POST', path, {}, ['allow']),
      ]),
      { ...ask('GET', '/heartbeat', { accept: 'text/html' }), name: 'GET /heartbeat for a browser' },
      ask('GET', '/ready'),
      ask('GET', '/metrics'),
    ],
  },
];

export const SCENARIOS: readonly Scenario[] = [...LIFE, STRINGS, ...CLIENTS, ...BODIES, ...FILTERS, PAGING, ...ROUTES];
