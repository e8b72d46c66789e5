import { ApolloLink } from '@apollo/client';
import { Kind, OperationTypeNode, type DocumentNode } from 'graphql';

/**
 * Sends the hash of a document, which the code generator wrote into it, instead of the document. For a server with
 * `--trusted-documents=only` and the generator's persisted-documents.json.
 */
export const trustedDocuments = new ApolloLink((operation, forward) => {
  operation.extensions['persistedQuery'] = { version: 1, sha256Hash: hashOf(operation.query) };
  operation.setContext(({ http }) => ({ http: { ...http, includeQuery: false } }));
  if (operation.operationType === OperationTypeNode.SUBSCRIPTION) {
    operation.query = { kind: Kind.DOCUMENT, definitions: [] }; // a socket does not know of includeQuery
  }
  return forward(operation);
});

function hashOf(document: DocumentNode): string {
  const meta: unknown = '__meta__' in document && document.__meta__;
  if (meta instanceof Object && 'hash' in meta && typeof meta.hash === 'string') {
    return meta.hash.replace(/^sha256:/, '');
  }
  throw new Error('the code generator has not seen this document');
}
