import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset';
import { join } from 'node:path';

const here = import.meta.dirname;

/** @type {import('@graphql-codegen/cli').CodegenConfig} */
export default {
  // A file or a URL, such as http://127.0.0.1:8080/schema.graphql; the file is what `rowhouse schema` prints.
  schema: process.env.ROWHOUSE_SCHEMA || join(here, 'schema.graphql'),
  documents: [join(here, '*.ts')], // name the folders of your components, too: what is not read here has no types
  generates: {
    [join(here, 'generated/')]: {
      preset: 'client',
      // Here, and not above, so that the trusted documents ask for what Apollo Client's cache needs.
      documentTransforms: [addTypenameSelectionDocumentTransform],
      presetConfig: {
        fragmentMasking: { unmaskFunctionName: 'unmask' },
        persistedDocuments: { hashAlgorithm: 'sha256' },
      },
      config: {
        strictScalars: true,
        // Add the scalars of your own.
        scalars: {
          BigInt: 'string',
          Date: 'string',
          DateTime: 'string',
          Decimal: 'string',
          Email: 'string',
          ID: 'string',
          JSON: 'unknown',
          URL: 'string',
          UUID: 'string',
        },
        useTypeImports: true,
        importExtension: '.js',
      },
    },
  },
};
