/** Options of the page. `hasV1`: whether the service has API v1 and its document. */
export interface PageOptions {
  readonly hasV1: boolean;
}

/**
 * Returns the page around Swagger UI. Its links are relative, so that it works behind a proxy that serves it under a
 * prefix. It contains no inline script or style, which its content security policy forbids.
 */
export function pageHtml({ hasV1 }: PageOptions): string {
  const v1 = '<nav>API v1, the Pip.Services contract, has <a href="swagger">a document of its own</a>.</nav>\n';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sessions API v2</title>
<link rel="icon" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="stylesheet" href="docs/page.css">
</head>
<body>
${hasV1 ? v1 : ''}<main id="reference"><noscript>This page needs JavaScript; <a href="openapi.json">its document</a> does not.</noscript></main>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/page.js"></script>
</body>
</html>
`;
}

export const PAGE_CSS = `body { margin: 0; background: #fff; }
nav { max-width: 1460px; margin: 0 auto; padding: 16px 20px 0; font: 14px sans-serif; color: #3b4151; }
`;

/**
 * No validator, because it is on another host. An entered key is not persisted: scripts of later pages could read it
 * from the browser's storage.
 */
export const PAGE_JS = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#reference',
  validatorUrl: null,
  persistAuthorization: false,
  deepLinking: true,
  displayOperationId: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  presets: [SwaggerUIBundle.presets.apis],
});
`;
