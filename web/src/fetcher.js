import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { createClient } from 'graphql-ws';
import { HEADER, tenant } from './tenant.js';

const endpoint = new URL('/graphql', location.href);

/** Sends what GraphiQL asks for: subscriptions by WebSocket, all else by HTTP, where what is deferred follows in parts. */
export const fetcher = createGraphiQLFetcher({
  url: endpoint.href,
  fetch(url, init) {
    // Last, so that the tenant on show is the one that answers, whatever the editor of headers holds.
    const headers = new Headers(init.headers);
    headers.set(HEADER, tenant);
    return fetch(url, { ...init, headers });
  },
  // Connects when the first subscription starts. Browsers let no page set headers here.
  wsClient: createClient({
    url: endpoint.href.replace(/^http/, 'ws'),
    connectionParams: { [HEADER]: tenant },
    retryAttempts: 0, // what went wrong shows at once
  }),
});
