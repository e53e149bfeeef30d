import { defineConfig } from "vite";

// base "./": the page works under any path behind a proxy; the build goes where the service looks for it
export default defineConfig({
  base: "./",
  build: {
    outDir: process.env["PAGE_FOLDER"] ?? "../api/geocensus_api/static",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    chunkSizeWarningLimit: 1200,
  },
});
