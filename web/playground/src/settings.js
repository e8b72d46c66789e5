/** The title, endpoint, tenant header, tenants, tabs and lookup of the page: Options in playground.go. */
export const settings = JSON.parse(document.querySelector('meta[name=settings]').content);
