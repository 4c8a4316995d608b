// Builds the window: main and preload as CommonJS for Electron's Node, the renderer for its Chromium.

import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';

/** The oldest that is run: Electron 22 carries Node 16 and Chromium 108. */
const NODE = 'node16';
const CHROMIUM = 'chrome108';
/** Bundled: a sandboxed preload can load nothing, and the package is a module where Electron 22 wants CommonJS. */
const BUNDLED = ['valibot'];

/**
 * The window's policy allows no inline style, and bits-ui's Command has a static one in two templates: it becomes a class of
 * styles/base.css.
 */
function withoutInlineStyles() {
  return {
    name: 'without-inline-styles',
    enforce: 'pre' as const,
    transform(code: string, id: string): string | null {
      if (!/bits-ui.*\.svelte$/.test(id) || !code.includes(INLINE_STYLE)) return null;
      return code.replaceAll(INLINE_STYLE, 'class="contents"');
    },
  };
}

const INLINE_STYLE = 'style="display: contents;"';

function at(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

function commonJs(input: string, outDir: string) {
  return {
    build: {
      outDir,
      target: NODE,
      externalizeDeps: { exclude: BUNDLED },
      rollupOptions: {
        input: { index: at(input) },
        output: { format: 'cjs' as const, entryFileNames: '[name].cjs' },
      },
    },
  };
}

export default defineConfig({
  main: commonJs('src-main/index.ts', 'out/main'),
  preload: commonJs('src-main/preload/index.ts', 'out/preload'),
  renderer: {
    root: at('src-renderer'),
    plugins: [withoutInlineStyles(), svelte({ configFile: false })],
    css: { transformer: 'lightningcss' },
    build: {
      outDir: at('out/renderer'),
      target: CHROMIUM,
      cssTarget: CHROMIUM,
      // Each picture and font is a file: the policy of the window allows no data addresses.
      assetsInlineLimit: 0,
      minify: true,
      // One file, read from the disk: a split would save nothing.
      chunkSizeWarningLimit: 1000,
      modulePreload: { polyfill: false },
      rollupOptions: { input: { index: at('src-renderer/index.html') } },
    },
  },
});
