import { CombinedGraphQLErrors, ServerError } from '@apollo/client';
import type { GraphQLFormattedError } from 'graphql';

/** What the server says is wrong, of an error that Apollo Client throws; empty when no server answered. */
export function faults(error: unknown): readonly GraphQLFormattedError[] {
  if (CombinedGraphQLErrors.is(error)) {
    return error.errors;
  }
  if (ServerError.is(error)) { // GraphQL did not run, as without a tenant
    try {
      return JSON.parse(error.bodyText).errors ?? [];
    } catch {
      // Something on the way answered.
    }
  }
  return [];
}

/** The first fault's code, such as NOT_FOUND. */
export const codeOf = (error: unknown) => faults(error)[0]?.extensions?.['code'];
