import { createApp, h, ref, Suspense } from "vue";
import Customers from "./Customers.vue";

// The list comes and goes, as in a page with several views.
const shown = ref(true);
createApp({
  render: () => [
    h("button", { onClick: () => (shown.value = !shown.value) }, shown.value ? "Hide" : "Show"),
    shown.value ? h(Suspense, null, { default: () => h(Customers), fallback: () => "…" }) : null,
  ],
}).mount("#app");
