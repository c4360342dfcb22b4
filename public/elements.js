// Shuke's elements: one line makes them known to a page.
//
//   <script type="module" src="/crm/elements.js" blocking="render"></script>
//   <shuke-loyalty-card member='{"name":"李雷","balance":1280}'></shuke-loyalty-card>
//
// Every element has its size as soon as it is known, so nothing on the page moves. What brings a program with it (the
// whole page, one customer, counts) fetches that when such an element is on the page.

import { ShukeApp } from "./element-app.js";
import { LoyaltyCard, PointsBadge } from "./element-card.js";
import { ConsentQuestion } from "./element-consent.js";
import { Feedback, Signup, Survey } from "./element-forms.js";
import { CustomerView, SegmentCount } from "./element-owner.js";

const ALL = {
  "shuke-app": ShukeApp, "shuke-loyalty-card": LoyaltyCard, "shuke-points-badge": PointsBadge, "shuke-signup": Signup,
  "shuke-survey": Survey, "shuke-feedback": Feedback, "shuke-consent": ConsentQuestion, "shuke-customer": CustomerView,
  "shuke-segment-count": SegmentCount,
};

const names = Object.keys(ALL);
for (let i = 0; i < names.length; i++) {
  // Two versions may meet on a page: the first that came stays.
  if (!customElements.get(names[i])) customElements.define(names[i], ALL[names[i]]);
}
