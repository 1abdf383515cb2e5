/**
 * Whether a client prefers a page to JSON. Browsers list `text/html` in the header `Accept`. Other clients send
 * `application/json`, any type or nothing.
 */
export function prefersPage(accept = ''): boolean {
  return qualityOf('text/html', accept) > qualityOf('application/json', accept);
}

/** Returns the weight of a media type that the header lists (RFC 9110, 12.4.2); 0 for another media type. */
function qualityOf(type: string, accept: string): number {
  for (const range of accept.toLowerCase().split(',')) {
    const [name, ...parameters] = range.split(';').map((part) => part.trim());
    if (name !== type) continue;
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    return weight === undefined ? 1 : Number(weight.slice('q='.length)) || 0;
  }
  return 0;
}
