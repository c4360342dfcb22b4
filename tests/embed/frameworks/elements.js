import "shuke/elements";
import { configure, consented } from "shuke/track";
import { collect } from "shuke/inbox";

configure({ workspace: "frameworks" });
document.documentElement.dataset.there = `${consented()} ${typeof collect}`;
