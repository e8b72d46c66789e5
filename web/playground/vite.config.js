import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    emptyOutDir: false, // keep dist/.gitkeep: the Go program embeds dist, built or not
    chunkSizeWarningLimit: 2000, // kB; Monaco is that large
    rolldownOptions: { checks: { moduleLevelDirective: false } }, // "use client" has no meaning here
  },
});
