// Every element live, with the markup it is made of beside it: what is shown is read off the page, so it is what runs.

import "./elements.js";

globalThis.trustedTypes?.createPolicy("default", {
  createHTML: () => null,
  createScriptURL: (url) => (new URL(url, document.baseURI).origin === location.origin ? url : null),
});

const WORDS = {
  "zh-CN": {
    brand: "熟客", light: "浅色", dark: "深色", theme: "外观", copy: "复制", copied: "已复制", not_copied: "浏览器不让复制，请选中后复制。", show: "在这里打开", code_of: "{name} 的代码",
    title: "把熟客放进您的网站", lead: "两行 HTML 就够。每个元素都能单独使用，不受网页样式影响，也不影响网页；不带任何别的顾客的数据。",
    start: "开始", start_text: "把 dist 文件夹放到网站上（例如 /crm/），在页头加一行，然后在需要的位置放元素。",
    card: "会员卡。只显示网页给它的这一位会员：由店家的服务器把这段 JSON 写进页面。", badge: "一行字里的积分。", signup: "入会表单。哪种消息、哪句话、什么时候同意的，都记下来；不预先勾选。",
    survey: "满意度：NPS、CSAT、CES。答过或关掉的访客 90 天内不再打扰；share=\"0.2\" 只问五分之一的人。", feedback: "意见反馈：表扬、建议、问题、咨询。",
    consent: "浏览记录只在访客同意后开始，浏览器要求“不跟踪”时从不开始。没有网络时先存着，成批送出。", count: "一个条件下有多少客户，数据变了就跟着变。供店内页面使用，读的是本浏览器里的工作区。", customer: "一位客户的概况。供店内页面使用。",
    app: "整个熟客，放在一个元素里：样式、快捷键、对话框和地址都不出这个框。它信任所在的网页。", isolated: "同样的页面，在它自己网站的框架里。不信任所在网页时用它：网页只能告诉它语言和外观；允许哪些网站嵌入，写在 frame-hosts.json 里。",
    theming: "换成您的颜色", theming_text: "所有颜色、圆角和字体都是 CSS 自定义属性。", stub: "演示：这一条会送到收件箱：{json}",
  },
  en: {
    brand: "Shuke", light: "Light", dark: "Dark", theme: "Appearance", copy: "Copy", copied: "Copied", not_copied: "The browser does not allow copying; select the text instead.", show: "Open it here", code_of: "Code of {name}",
    title: "Put Shuke into your website", lead: "Two lines of HTML are enough. Each element works alone, takes no style from the page and gives it none, and carries no other customer's data.",
    start: "To begin", start_text: "Put the dist folder on your site (at /crm/, say), add one line to the head, and place elements where you want them.",
    card: "The member card. It shows the one member that the page gives it: your server writes this JSON into the page.", badge: "Points within a line of text.", signup: "Joining. Which messages, which words and when: every consent is recorded, and nothing is ticked in advance.",
    survey: "NPS, CSAT and CES. Whoever answered or closed it is left alone for 90 days; share=\"0.2\" asks one visitor in five.", feedback: "Praise, ideas, problems, questions.",
    consent: "A visit is recorded only after the visitor agreed, and never when the browser asks not to be tracked. Without a network it waits, and goes in batches.", count: "How many customers a rule holds for, kept up to date. For the shop's own pages: it reads the workspace in this browser.", customer: "One customer at a glance. For the shop's own pages.",
    app: "All of Shuke in one element: styles, keys, dialogs and addresses stay inside it. It trusts the page it is in.", isolated: "The same in a frame of its own site, for pages that are not trusted: the page can only tell it language and appearance. Which sites may embed it stands in frame-hosts.json.",
    theming: "In your colours", theming_text: "Every colour, corner and face is a CSS custom property.", stub: "A demonstration. This would go to the inbox: {json}",
  },
};

const CODE = {
  start: '<script type="module" src="/crm/elements.js" blocking="render"></script>\n\n<shuke-points-badge balance="12840"></shuke-points-badge>',
  track: '<script type="module">\n  import { configure, track } from "/crm/track.js";\n  configure({\n    inbox: "https://inbox.example/inbox",\n    auto: ["page_view", "dwell", "click"],\n  });\n  track("added_to_cart", { product: "latte" });\n</script>',
  theme: "shuke-loyalty-card {\n  --shuke-card-paper: #1f2a5c;\n  --shuke-card-ink: #ffffff;\n  --shuke-card-quiet: #cfd6f5;\n  --shuke-radius: 2px;\n  --shuke-font: Georgia, serif;\n}",
};

const language = () => document.documentElement.lang;
const say = (key, values = {}) => WORDS[language()][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);

/** The markup of what is live, as an author would write it. */
const source = (live) => [...live.children].map((element) => {
  const attributes = [...element.attributes].map(({ name, value }) => (value === "" ? ` ${name}` : value.includes('"') ? ` ${name}='${value}'` : ` ${name}="${value}"`));
  return `<${element.localName}${attributes.join("")}></${element.localName}>`;
}).join("\n");

function codeBlock(place, text, name) {
  const bar = document.createElement("div");
  bar.className = "bar";
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.say = "copy";
  button.addEventListener("click", async () => {
    let done = true;
    try { await navigator.clipboard.writeText(text); } catch { done = false; }
    tell(say(done ? "copied" : "not_copied"));
  });
  bar.append(button);
  const pre = document.createElement("pre");
  pre.tabIndex = 0;
  pre.setAttribute("role", "region");
  pre.dataset.codeOf = name;
  const code = document.createElement("code");
  code.textContent = text;
  pre.append(code);
  place.append(bar, pre);
}

let quiet = 0;
function tell(text) {
  const place = document.getElementById("said");
  place.textContent = text;
  clearTimeout(quiet);
  quiet = setTimeout(() => { place.textContent = ""; }, 6000);
}

function speak() {
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = say(element.dataset.say);
  for (const element of document.querySelectorAll("[data-code-of]")) element.setAttribute("aria-label", say("code_of", { name: element.dataset.codeOf }));
  document.querySelector("[data-name=theme]").setAttribute("aria-label", say("theme"));
  for (const button of document.querySelectorAll("[data-lang]")) button.setAttribute("aria-pressed", String(button.dataset.lang === language()));
}

for (const live of document.querySelectorAll(".live:not(.themed)")) {
  const place = document.createElement("div");
  place.className = "code";
  const name = live.firstElementChild.localName;
  codeBlock(place, source(live), live.parentElement.id === "isolated" ? `${name} isolated` : name);
  live.after(place);
  if (live.hasAttribute("data-later")) {
    // Two whole programs in one page are two too many for who only reads.
    const element = live.firstElementChild;
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.say = "show";
    button.addEventListener("click", () => live.replaceChildren(element));
    live.replaceChildren(button);
  }
}
for (const place of document.querySelectorAll("[data-code]")) codeBlock(place, CODE[place.dataset.code], place.dataset.code);

// Nothing leaves this page: what would be sent is shown.
document.addEventListener("shuke-entry", (event) => {
  event.preventDefault();
  tell(say("stub", { json: JSON.stringify(event.detail).slice(0, 240) }));
});

for (const button of document.querySelectorAll("[data-lang]")) {
  button.addEventListener("click", () => {
    document.documentElement.lang = button.dataset.lang;
    document.getElementById("said").textContent = "";
    speak();
  });
}
for (const button of document.querySelectorAll("button[data-theme]")) {
  button.addEventListener("click", () => {
    document.documentElement.dataset.theme = button.dataset.theme;
    for (const other of document.querySelectorAll("button[data-theme]")) other.setAttribute("aria-pressed", String(other === button));
  });
}

document.documentElement.lang = /^zh/i.test(navigator.language) ? "zh-CN" : "en";
speak();
