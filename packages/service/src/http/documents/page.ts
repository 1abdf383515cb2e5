/** The APIs that the service serves and documents. */
export interface DocumentedApis {
  /** The base path of API v1; null if the service has no API v1, or does not document it. */
  readonly v1_base: string | null;
  readonly hasV2: boolean;
}

/** Returns the reference page of API v2. */
export function v2PageHtml({ v1_base }: DocumentedApis): string {
  const other = '<a href="swagger">API v1</a> is the Pip.Services contract.';
  return pageHtml('Sessions API v2', 'openapi.json', v1_base === null ? '' : other);
}

/** Returns the reference page of API v1. */
export function v1PageHtml({ v1_base, hasV2 }: DocumentedApis): string {
  const other = '<a href="docs">API v2</a> has more: tokens, limits, a stream of changes.';
  return pageHtml('Sessions API v1', `${v1_base?.slice(1)}/swagger`, hasV2 ? other : '');
}

/**
 * Returns a page around Swagger UI. Its links are relative, so that it works behind a proxy that serves it under a
 * prefix. It contains no inline script or style, which its content security policy forbids.
 */
function pageHtml(title: string, document: string, other: string): string {
  const link = escaped(document);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="stylesheet" href="docs/page.css">
</head>
<body>
<nav>Open a session with “Try it out” first: later requests then send its id and its token in place of the examples. ${other}</nav>
<main id="reference" data-document="${link}"><noscript>This page needs JavaScript; <a href="${link}">its document</a> does not.</noscript></main>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/page.js"></script>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

export const PAGE_CSS = `body { margin: 0; background: #fff; }
nav { max-width: 1460px; margin: 0 auto; padding: 16px 20px 0; font: 14px sans-serif; color: #3b4151; }
@media (prefers-color-scheme: dark) {
  body { background: #1c2022; }
  nav { color: #e4e6e6; }
  nav a { color: #8cb8ff; }
}
`;
