import { EXAMPLE_ID, EXAMPLE_TOKEN } from '../../api/example-session.ts';

/**
 * The script of the reference pages. In requests, it replaces the id and the token of the examples by those of the
 * session that was opened last. It sends requests to the folder of the page, so that they work behind a proxy that
 * serves it under a prefix. A stream of events has no "Try it out", because its response does not end.
 *
 * No validator, because it is on another host. An entered key is not persisted: scripts of later pages could read it
 * from the browser's storage.
 */
export const PAGE_JS = `const dark = matchMedia('(prefers-color-scheme: dark)');
const applyScheme = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', applyScheme);
applyScheme();

let opened = { id: '${EXAMPLE_ID}', token: '${EXAMPLE_TOKEN}' };
const withOpened = (text) => text.replaceAll('${EXAMPLE_TOKEN}', opened.token).replaceAll('${EXAMPLE_ID}', opened.id);

const isStream = (state, path, method) =>
  state.hasIn(['json', 'paths', path, method, 'responses', '200', 'content', 'text/event-stream']);

const servers = [{ url: new URL('.', location.href).href.slice(0, -1) }];

SwaggerUIBundle({
  url: document.getElementById('reference').dataset.document,
  dom_id: '#reference',
  validatorUrl: null,
  persistAuthorization: false,
  deepLinking: true,
  displayOperationId: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [
    () => ({
      statePlugins: {
        spec: {
          wrapActions: { updateJsonSpec: (update) => (spec) => update({ ...spec, servers }) },
          wrapSelectors: { allowTryItOutFor: () => (state, path, method) => !isStream(state, path, method) },
        },
      },
    }),
  ],
  requestInterceptor: (request) => {
    request.url = withOpened(request.url);
    if (typeof request.body === 'string') request.body = withOpened(request.body);
    return request;
  },
  responseInterceptor: (response) => {
    const { token, session, id } = response.obj ?? {};
    if (token && session) opened = { id: session.id, token };
    else if (id && response.url.includes('/open_session')) opened = { ...opened, id };
    return response;
  },
});
`;
