import '@apollo/client';
import type { GraphQLCodegenIncremental } from '@apollo/client/incremental';
import type { GraphQLCodegenDataMasking } from '@apollo/client/masking';

// Apollo Client reads the types that the code generator writes for fragments and for @defer.
declare module '@apollo/client' {
  interface TypeOverrides extends GraphQLCodegenDataMasking.TypeOverrides, GraphQLCodegenIncremental.TypeOverrides {}
}
