import { CombinedGraphQLErrors } from '@apollo/client';

/** The code of the first error in an answer, such as NOT_FOUND; undefined when no server answered. */
export const codeOf = (error: unknown) => CombinedGraphQLErrors.is(error) ? error.errors[0]?.extensions?.['code'] : undefined;
