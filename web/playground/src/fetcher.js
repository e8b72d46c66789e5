import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { createClient } from 'graphql-ws';
import { settings } from './settings.js';
import { tenant } from './tenant.js';

const endpoint = new URL(settings.endpoint, location.href);

/** Sends requests of GraphiQL: subscriptions by WebSocket, others by HTTP, with deferred payloads in a multipart response. */
export const fetcher = createGraphiQLFetcher({
  url: endpoint.href,
  fetch(url, init) {
    // Set last, so that the tenant on show applies even if the header editor has another one.
    const headers = new Headers(init.headers);
    headers.set(settings.header, tenant);
    return fetch(url, { ...init, headers });
  },
  // Connects when the first subscription starts. Browsers can't set headers of a WebSocket.
  wsClient: createClient({
    url: endpoint.href.replace(/^http/, 'ws'),
    connectionParams: { [settings.header]: tenant },
    retryAttempts: 0, // show errors immediately
  }),
});
