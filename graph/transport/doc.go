// Package transport serves a GraphQL schema over HTTP and WebSocket. It implements these
// protocols, on top of gqlgen's executor:
//
//   - [GraphQL over HTTP]: POST with a JSON body, and GET for queries. The Accept header selects
//     application/json, whose status is 200 for all well-formed requests, or
//     application/graphql-response+json, whose status is 400 for request errors.
//   - Persisted documents, by the parameter documentId or by Apollo's extensions.persistedQuery.
//   - [GraphQL over Server-Sent Events] for all operations: one event stream for each operation
//     (distinct connections mode), or one for several (single connection mode).
//   - [Multipart HTTP subscriptions] of Apollo, with subscriptionSpec=1.0.
//   - [Incremental delivery] for @defer, with deferSpec=20220824: an initial response, and one
//     subsequent response with the payloads of all deferred fragments.
//   - [graphql-transport-ws], the WebSocket protocol of the npm package graphql-ws.
//
// # Guarantees
//
// A GET request is served only if browsers send a CORS preflight for it: this prevents CSRF.
//
// Everything that a client can hold open or make the server buffer has a bound: bodies, messages,
// ids and stored subscriptions in bytes; each query, mutation, read and write in time; and
// operations, subscriptions and connections by a quota (see AcquireFunc), which is released when
// they have ended. Bounds that are not fields of HTTP or WebSocket are in bounds.go.
//
// The next response of a subscription is executed after the previous one was written. If
// a subscription loses events because its client is a slow consumer, the client gets an error
// (multipart), a close code (WebSocket), or a stream that ends without the event complete (SSE).
// Client libraries then connect again. The same happens when the server shuts down.
//
// An operation ends when its client disconnects or stops it.
//
// # Where to start reading
//
// HTTP.Do, in http.go, selects the protocol of an HTTP request, and exchange.serveOperation its
// response. WebSocket.Do, in websocket.go, serves a socket. Both execute operations by
// executeOperation, in execute.go; only @defer has its own way, in incremental.go.
//
// [GraphQL over HTTP]: https://graphql.github.io/graphql-over-http/draft/
// [GraphQL over Server-Sent Events]: https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
// [Multipart HTTP subscriptions]: https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol
// [Incremental delivery]: https://github.com/graphql/graphql-over-http/blob/main/rfcs/IncrementalDelivery.md
// [graphql-transport-ws]: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
package transport
