// The tenant of this page. It is fixed until the page is loaded again: choosing another tenant reloads the page, so that
// no response, running request or subscription of one tenant stays beside the name of the other.
import { settings } from './settings.js';

const STORAGE_KEY = 'rowhouse:tenant';

/** The tenants that the server offers; others can be typed. */
export const tenants = settings.tenants ?? [];

/** The tenant's slug or number; empty until one is chosen, when the server offers none. */
export const tenant = localStorage.getItem(STORAGE_KEY) ?? tenants[0] ?? '';

/** Reloads the page for another tenant. */
export function switchTenant(other) {
  localStorage.setItem(STORAGE_KEY, other);
  location.reload();
}
