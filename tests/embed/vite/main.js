import { open, version } from "shuke";

const shuke = await open({ workspace: "vite-example" });

async function show() {
  const { items, total } = await shuke.customers.list({ sort: "name", fields: ["name"] });
  document.querySelector("output").value = total;
  document.querySelector("ul").replaceChildren(...items.map((it) => Object.assign(document.createElement("li"), { textContent: it.name })));
}

shuke.on("change", show);
document.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  await shuke.customers.put({ name: new FormData(event.target).get("name") });
  event.target.reset();
});
await show();
document.documentElement.dataset.shuke = version;
