// React needs nothing of a Vite project; Vue's single-file components need Vue's plugin; Shuke its one line.
import vue from "@vitejs/plugin-vue";

export default {
  base: "./",
  plugins: [vue()],
  optimizeDeps: { exclude: ["shuke"] },
  build: { rollupOptions: { input: { react: "react.html", vue: "vue.html", elements: "elements.html" } } },
};
