/** The reference page and its files. */
export const DOCS_PATHS = [
  '/docs',
  '/docs/page.css',
  '/docs/page.js',
  '/docs/swagger-ui.css',
  '/docs/swagger-ui-bundle.js',
  '/docs/favicon-32x32.png',
] as const;
export type DocsPath = (typeof DOCS_PATHS)[number];
