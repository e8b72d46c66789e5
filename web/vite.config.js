import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    emptyOutDir: false, // dist/.gitkeep has to stay: the Go program embeds dist, built or not
    chunkSizeWarningLimit: 2000, // kB; Monaco is that large
    rolldownOptions: { checks: { moduleLevelDirective: false } }, // "use client" means nothing here
  },
});
