/** Where the service is: the page lies one folder below it, whatever a proxy puts before. */
export const root = (): string => new URL("..", document.baseURI).href;

/** Address of the tiles of a collection; the braces stay, MapLibre fills them. */
export const tilesOf = (collection: string, query: URLSearchParams): string => {
  const asked = query.toString();
  return `${root()}collections/${collection}/tiles/WebMercatorQuad/{z}/{y}/{x}${asked ? `?${asked}` : ""}`;
};
