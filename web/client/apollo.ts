import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, ServerError } from '@apollo/client';
import { Defer20220824Handler } from '@apollo/client/incremental';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { RetryLink } from '@apollo/client/link/retry';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { CloseCode, createClient } from 'graphql-ws';
import { possibleTypes, typePolicies } from './cache.js';

const { QUERY, SUBSCRIPTION } = OperationTypeNode;

export interface Options {
  url: string;
  tenant: string;
  documents?: ApolloLink;
  fetch?: typeof fetch;
}

/** A client of one tenant. Another tenant needs another client: the cache does not know whose its objects are. */
export function createApolloClient({ url, tenant, documents = persisted(), fetch = globalThis.fetch }: Options) {
  const headers = { 'X-Tenant-ID': tenant };
  const socket = createClient({ // Node before 22 needs globalThis.WebSocket, as the package ws has it
    url: url.replace(/^http/, 'ws'),
    connectionParams: headers,
    retryAttempts: Infinity,
    shouldRetry: (event) => event instanceof Object && 'code' in event && event.code !== CloseCode.Forbidden,
    // Nobody heard what happened meanwhile, so what is shown is read anew.
    on: { connected: (_socket, _payload, again) => void (again && client.refetchQueries({ include: 'active' })) },
  });
  const client = new ApolloClient({
    link: ApolloLink.from([
      new RetryLink({
        attempts: { max: 4, retryIf: (error, { operationType }) => operationType === QUERY && !isRefused(error) },
      }),
      documents,
      ApolloLink.split(
        ({ operationType }) => operationType === SUBSCRIPTION,
        new GraphQLWsLink(socket),
        new HttpLink({ uri: url, headers, fetch }),
      ),
    ]),
    cache: new InMemoryCache({ possibleTypes, typePolicies }),
    incrementalHandler: new Defer20220824Handler(),
  });
  const close = () => { client.stop(); return socket.dispose(); }; // when the tenant changes
  return Object.assign(client, { close });
}

const isRefused = (error: unknown) => ServerError.is(error) && error.statusCode < 500;

/** Sends the hash of a document, and the document when the server does not know it yet. */
const persisted = () => ApolloLink.split(
  // Not of a subscription: that would begin after it was ended, if both come before the hash is known.
  ({ operationType }) => operationType !== SUBSCRIPTION,
  new PersistedQueryLink({ sha256, useGETForHashedQueries: true }),
);

async function sha256(text: string) {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
