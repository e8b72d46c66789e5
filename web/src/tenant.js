// Which tenant this page asks as. It is fixed for the life of the page: choosing
// another one loads the page anew, so that no answer, running request or subscription
// of one tenant is left beside the name of the other.

/** The header of each request, and the parameter of each subscription, that holds the tenant. */
export const HEADER = 'X-Tenant-ID';

const REMEMBERED = 'rowhouse:tenant';

/** The tenants that the server offers; others can be typed. */
export const known = document.querySelector('meta[name=tenants]').content.split(' ').filter(Boolean);

/** The tenant's slug or number; empty until one is chosen, when the server offers none. */
export const tenant = localStorage.getItem(REMEMBERED) ?? known[0] ?? '';

/** Goes on as another tenant. */
export function become(other) {
  localStorage.setItem(REMEMBERED, other);
  location.reload();
}
