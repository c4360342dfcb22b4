// What the elements of a shop's public page say. A key that one language lacks is found by the tests.

export const CARD = {
  "zh-CN": {
    points: "积分", points_unit: "{n} 积分", points_one: "{n} 积分", pending: "待入账 {n}", debt: "待补 {n}", worth: "约值 {worth}",
    expiring: "{n} 积分将于 {on} 到期", to_next: "再得 {n} 成长值升至{tier}", until: "等级有效期至 {on}", number: "会员号", code: "会员码，结账时出示",
    member: "会员", empty_title: "还不是会员？", empty: "加入后，积分和等级会显示在这里。", bad: "会员信息暂时读不出来", bad_hint: "积分没有变化，请稍后再看。",
    loading: "正在读取会员信息", card: "{shop}会员卡", card_plain: "会员卡",
  },
  en: {
    points: "points", points_unit: "{n} points", points_one: "{n} point", pending: "{n} pending", debt: "{n} owed", worth: "worth {worth}",
    expiring: "{n} points expire on {on}", to_next: "{n} more to reach {tier}", until: "Tier valid until {on}", number: "No.", code: "Member code to show at the till",
    member: "Member", empty_title: "Not a member yet?", empty: "Join, and your points and tier appear here.", bad: "Your card cannot be read just now", bad_hint: "Your points are unchanged. Look again later.",
    loading: "Reading your card", card: "{shop} member card", card_plain: "Member card",
  },
};

export const FORM = {
  "zh-CN": {
    send: "发送", sending: "正在发送", required: "必填", optional: "选填", close: "关闭", thanks: "谢谢！",
    queued: "现在没有网络。已保存在本设备，联网后自动发送。", refused: "对方没有接收（{code}）。请直接联系店家。", failed: "没能发送：{why}。请再试一次。",
    here: "已保存在本设备。", not_taken: "没有接收", not_set: "这个表单还没有连接到店家。", check: "请检查标出的内容。",
  },
  en: {
    send: "Send", sending: "Sending", required: "required", optional: "optional", close: "Close", thanks: "Thank you!",
    queued: "There is no network. It is kept on this device and sent by itself later.", refused: "It was not accepted ({code}). Please contact the shop.", failed: "It could not be sent: {why}. Please try again.",
    here: "Kept on this device.", not_taken: "Not accepted", not_set: "This form is not connected to the shop yet.", check: "Please check what is marked.",
  },
};

export const SIGNUP = {
  "zh-CN": {
    title: "加入会员", sub: "留下联系方式，积分和生日礼遇自动到账。", name: "姓名", phone: "手机", email: "邮箱", birthday: "生日",
    name_bad: "请填写姓名", phone_bad: "请填写有效的手机号，例如 138 0013 8000", email_bad: "请填写有效的邮箱，例如 li@example.com", birthday_bad: "请填写过去的日期", reach: "手机和邮箱至少填一项。", reach_bad: "手机或邮箱请至少填一项",
    consent_legend: "您愿意怎样收到{shop}的消息？", consent_shop: "我们", consent_email: "通过邮件接收优惠和活动", consent_sms: "通过短信接收优惠和活动", consent_phone: "接听优惠和活动来电",
    consent_note: "都不选也可以加入；随时可以撤回。", adult: "我已满 14 周岁，或监护人同意我加入", adult_bad: "未满 14 周岁需要监护人同意", privacy: "个人信息如何使用", join: "加入",
    done: "欢迎加入，{name}！", done_sub: "我们已记下您的选择：{channels}。", channels_none: "不接收营销消息", channel_email: "邮件", channel_sms: "短信", channel_phone: "电话", and: "、",
  },
  en: {
    title: "Become a member", sub: "Leave your details; points and birthday treats come by themselves.", name: "Name", phone: "Mobile", email: "E-mail", birthday: "Birthday",
    name_bad: "Please give your name", phone_bad: "Please give a valid mobile number, such as +86 138 0013 8000", email_bad: "Please give a valid e-mail, such as li@example.com", birthday_bad: "Please give a date in the past", reach: "One of the two is enough.", reach_bad: "Please give a mobile number or an e-mail",
    consent_legend: "How may {shop} send you news?", consent_shop: "we", consent_email: "Offers and events by e-mail", consent_sms: "Offers and events by text message", consent_phone: "Offers and events by phone",
    consent_note: "You can join without any of these, and take them back at any time.", adult: "I am 14 or older, or a guardian agrees that I join", adult_bad: "Under 14, a guardian has to agree", privacy: "How personal data is used", join: "Join",
    done: "Welcome, {name}!", done_sub: "We noted your choice: {channels}.", channels_none: "no marketing messages", channel_email: "e-mail", channel_sms: "text message", channel_phone: "phone", and: ", ",
  },
};

export const SURVEY = {
  "zh-CN": {
    nps: "您有多大可能把{shop}推荐给朋友？", csat: "您对{subject}满意吗？", ces: "{subject}办起来容易吗？", shop: "我们", subject_csat: "这次体验", subject_ces: "这件事",
    nps_low: "完全不可能", nps_high: "非常可能", csat_low: "很不满意", csat_high: "非常满意", ces_low: "非常费力", ces_high: "非常容易",
    why: "是什么让您给出这个分数？", done: "谢谢您的评价", done_sub: "每一条我们都会看。", later: "以后再说", thanked: "您最近已经评价过，谢谢！", of: "{n} 分，满分 {max}",
  },
  en: {
    nps: "How likely are you to recommend {shop} to a friend?", csat: "How satisfied are you with {subject}?", ces: "How easy was {subject}?", shop: "us", subject_csat: "this visit", subject_ces: "this",
    nps_low: "Not at all likely", nps_high: "Extremely likely", csat_low: "Very dissatisfied", csat_high: "Very satisfied", ces_low: "Very difficult", ces_high: "Very easy",
    why: "What is the main reason for your score?", done: "Thank you for your answer", done_sub: "We read every one.", later: "Not now", thanked: "You answered recently. Thank you!", of: "{n} of {max}",
  },
};

export const FEEDBACK = {
  "zh-CN": {
    title: "跟我们说说", sub: "好的、不好的，都想听。", kind: "关于", praise: "表扬", suggestion: "建议", problem: "问题", question: "咨询",
    text: "内容", text_hint: "发生了什么？在哪家店、什么时候？", text_bad: "请写几个字", contact: "怎么回复您", contact_hint: "手机或邮箱，不需要回复就留空", contact_bad: "请填写有效的手机号或邮箱",
    done: "收到了，谢谢", done_reply: "我们会联系 {contact}。", done_sub: "每一条我们都会看。", left: "还可以写 {n} 字",
  },
  en: {
    title: "Tell us", sub: "Good or bad, we want to hear it.", kind: "About", praise: "Praise", suggestion: "Idea", problem: "Problem", question: "Question",
    text: "Your message", text_hint: "What happened? Which shop, and when?", text_bad: "Please write a few words", contact: "Where to reply", contact_hint: "Mobile or e-mail; leave empty for no reply", contact_bad: "Please give a valid mobile number or e-mail",
    done: "Received, thank you", done_reply: "We will reply to {contact}.", done_sub: "We read every one.", left: "{n} characters left",
  },
};

export const CONSENT = {
  "zh-CN": { title: "可以记录您的浏览吗？", text: "为了改进本店网站，我们想记录您看了哪些页面、看了多久。不卖给任何人，随时可以撤回。", allow: "可以", decline: "不可以", allowed: "已允许记录浏览。", declined: "未允许记录浏览。", refused: "您的浏览器要求不跟踪，因此不会记录浏览。", change: "更改" },
  en: { title: "May we record your visit?", text: "To improve this site we would like to record which pages you read and for how long. It is sold to nobody, and you can change your mind.", allow: "Allow", decline: "Do not allow", allowed: "Recording your visit is allowed.", declined: "Your visit is not recorded.", refused: "Your browser asks not to be tracked, so your visit is not recorded.", change: "Change" },
};

export const OWNER = {
  "zh-CN": {
    loading: "正在读取", failed: "没能读取：{why}", retry: "重试", none: "没有这位客户", none_sub: "编号 {key} 在这个工作区里不存在。", balance: "可用积分", pending: "待入账", tier: "等级", no_tier: "无等级",
    phone: "电话", email: "邮箱", city: "城市", since: "加入日期", last: "最近订单", no_orders: "还没有订单", tags: "标签", customers: "{n} 位客户", customers_one: "{n} 位客户", bad_rule: "这个条件读不出来：{why}", private: "仅供店内使用",
  },
  en: {
    loading: "Reading", failed: "It could not be read: {why}", retry: "Try again", none: "No such customer", none_sub: "There is no {key} in this workspace.", balance: "Points to spend", pending: "Pending", tier: "Tier", no_tier: "No tier",
    phone: "Phone", email: "E-mail", city: "City", since: "Member since", last: "Last order", no_orders: "No orders yet", tags: "Tags", customers: "{n} customers", customers_one: "{n} customer", bad_rule: "This rule cannot be read: {why}", private: "For the shop only",
  },
};

export const APP = {
  "zh-CN": {
    opening: "正在打开熟客", failed: "熟客没能启动。数据没有受到影响。", again: "再试一次", twice: "这个页面里已经有一个熟客，第二个请用 isolated。", other_origin: "程序在另一个网站上（{origin}）。请把文件放在本站，或加上 isolated。", refused: "{origin} 没有允许本站嵌入。请让它的管理员把 {host} 加进 frame-hosts.json。", silent: "{origin} 没有回应。请检查地址。", no_page: "{base} 下面没有熟客的页面。请用 base 属性写明 dist/ 所在的目录。", frame: "熟客",
  },
  en: {
    opening: "Opening Shuke", failed: "Shuke could not start. The data was not touched.", again: "Try again", twice: "There is a Shuke in this page already; a second one has to be isolated.", other_origin: "The program lies on another site ({origin}). Put its files on this site, or add isolated.", refused: "{origin} does not allow this site to embed it. Its owner has to add {host} to frame-hosts.json.", silent: "{origin} did not answer. Check the address.", no_page: "There is no Shuke page in {base}. Name the folder where dist/ lies in the attribute base.", frame: "Shuke",
  },
};
