import { CombinedGraphQLErrors } from '@apollo/client';

/** The code of the first error in a response, such as NOT_FOUND; undefined if there was no response. */
export const codeOf = (error: unknown) => CombinedGraphQLErrors.is(error) ? error.errors[0]?.extensions?.['code'] : undefined;
